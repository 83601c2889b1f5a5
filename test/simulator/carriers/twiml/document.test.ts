import { complaintCodes } from '../support/complaint-codes';
import { readTwiml } from '../../../../simulator/carriers/twiml/document';

function codes(document: string, streamAttributes?: readonly string[]): string[] {
  return complaintCodes(readTwiml(document, streamAttributes));
}

function verbs(document: string) {
  const read = readTwiml(document);
  return read.kind === 'document' ? read.verbs : [];
}

const stream = (attributes: string, inside = '') =>
  `<Response><Connect><Stream ${attributes}>${inside}</Stream></Connect></Response>`;

describe('a TwiML document', () => {
  it('is read in order, with the parameters of its stream', () => {
    const document = `<Response>
      <Connect action="/after"><Stream url="wss://relay.example.com/x" name="n" statusCallback="https://relay.example.com/s">
        <Parameter name="org_id" value="org_1"/><Parameter name="from" value="+1 &amp; more"/>
      </Stream></Connect>
      <Dial callerId="+15550002222"><Number>+15550003333</Number></Dial>
      <Pause length="2"/><Say>Bye</Say><Redirect method="GET">/next</Redirect><Reject reason="busy"/><Hangup/>
    </Response>`;
    expect(codes(document)).toEqual([]);
    expect(verbs(document)).toMatchObject([
      {
        verb: 'Connect',
        stream: { url: 'wss://relay.example.com/x', parameters: { org_id: 'org_1', from: '+1 & more' } },
        next: { url: '/after', method: 'POST' },
      },
      { verb: 'Dial', targets: ['+15550003333'], callerId: '+15550002222' },
      { verb: 'Pause', ms: 2000 },
      { verb: 'Say', text: 'Bye' },
      { verb: 'Redirect', next: { url: '/next', method: 'GET' } },
      { verb: 'Reject', reason: 'busy' },
      { verb: 'Hangup' },
    ]);
  });

  it.each([
    ['is not well-formed', '<Response><Hangup></Response>', '12100'],
    ['has another root', '<Reply/>', '12100'],
    ['has an unknown verb', '<Response><Shout/></Response>', '12200'],
    ['has a noun as verb', '<Response><Stream url="wss://x"/></Response>', '12200'],
    ['has an unknown attribute', stream('url="wss://x" statusUrl="y"'), '12200'],
    ['has an attribute of another carrier', stream('url="wss://x" codec="PCMU@8000h"'), '12200'],
    ['has a stream without url', stream('name="x"'), '12200'],
    ['has another track', stream('url="wss://x" track="both_tracks"'), '31941'],
    [
      'has two streams',
      '<Response><Connect><Stream url="wss://x"/><Stream url="wss://y"/></Connect></Response>',
      '12200',
    ],
    ['has a parameter without value', stream('url="wss://x"', '<Parameter name="a"/>'), '12200'],
    ['has a parameter twice', stream('url="wss://x"', '<Parameter name="a" value="1"/>'.repeat(2)), '12200'],
    ['has a long parameter', stream('url="wss://x"', `<Parameter name="a" value="${'1'.repeat(500)}"/>`), '12200'],
    ['has text where none is due', '<Response>Hello</Response>', '12200'],
    ['has elements where none are due', '<Response><Hangup><Say>x</Say></Hangup></Response>', '12200'],
    ['dials no number', '<Response><Dial>555</Dial></Response>', '13223'],
    ['dials nobody', '<Response><Dial/></Response>', '12200'],
    ['has an odd method', '<Response><Redirect method="PUT">/x</Redirect></Response>', '12200'],
  ])('is complained of when it %s', (_, document, code) => {
    expect(codes(document)).toEqual([code]);
  });

  it('may have the attributes its carrier knows', () => {
    expect(codes(stream('url="wss://x" codec="PCMU@8000h"'), ['codec'])).toEqual([]);
  });
});
