import fc from 'fast-check';
import { parseXml, XmlError } from '../../../simulator/carriers/xml';

describe('a document', () => {
  it('is read with its order, entities, CDATA and comments', () => {
    const root = parseXml(`<?xml version="1.0" encoding="UTF-8"?>
      <!-- a call -->
      <Response><Say voice='x &quot;y&quot;'>Tom &amp; <![CDATA[<Ann>]]> &#233;&#x20AC;</Say><Hangup/></Response>
    `);
    expect(root.children.map(({ name }) => name)).toEqual(['Say', 'Hangup']);
    expect(root.children[0]).toEqual({
      name: 'Say',
      attributes: { voice: 'x "y"' },
      children: [],
      text: 'Tom & <Ann> é€',
    });
  });

  it.each([
    ['an element left open', '<Response><Say>'],
    ['elements that cross', '<Response><Say></Response></Say>'],
    ['two roots', '<Response/><Response/>'],
    ['a bare ampersand', '<Response>Tom & Ann</Response>'],
    ['an unknown entity', '<Response>&nbsp;</Response>'],
    ['an entity without its end', '<Response>&amp Ann</Response>'],
    ['an attribute without quotes', '<Response a=b/>'],
    ['an attribute twice', '<Response a="1" a="2"/>'],
    ['attributes without space', '<Response a="1"b="2"/>'],
    ['a < in an attribute', '<Response a="<"/>'],
    ['a document type', '<!DOCTYPE x><Response/>'],
    ['space before the declaration', ' <?xml version="1.0"?><Response/>'],
    ['nothing', ''],
  ])('is refused: %s', (_, document) => {
    expect(() => parseXml(document)).toThrow(XmlError);
  });

  it('is an XmlError or an element, whatever it is', () => {
    const piece = fc.constantFrom(
      '<',
      '</',
      '/>',
      '>',
      'a',
      ' ',
      '="',
      '"',
      '&',
      '&amp;',
      ';',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '#x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          parseXml(`<a>${pieces.join('')}</a>`);
        } catch (error) {
          expect(error).toBeInstanceOf(XmlError);
        }
      }),
    );
  });

  it('gives back any text that was escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\0'));
        const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
        expect(parseXml(`<a b="${escaped}">${escaped}</a>`)).toMatchObject({
          attributes: { b: text },
          text: text.trim(),
        });
      }),
    );
  });
});
