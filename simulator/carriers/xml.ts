/** An element of a document: its attributes and what is in it, in order. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly in it, without the space around it. */
  readonly text: string;
}

/** A document that is not well-formed, or has what no carrier's document needs. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/**
 * Reads the XML that call documents are written in: elements, attributes, text, CDATA, comments, the predefined and
 * numeric entities. Document types and processing instructions are refused, as carriers do without them.
 *
 * @throws {XmlError} that says where and why the document is not well-formed.
 */
export function parseXml(document: string): XmlElement {
  return new XmlReader(document.replace(/^\uFEFF/, '')).document();
}

const NAME = /[A-Za-z_:][\w:.-]*/y;
const SPACE = /[ \t\r\n]*/y;
const DECLARATION = /<\?xml[ \t\r\n][^?]*\?>/y;
const COMMENT = /<!--(?:(?!--)[\s\S])*-->/y;
const CDATA = /<!\[CDATA\[([\s\S]*?)\]\]>/y;
const TEXT = /[^<]+/y;
const QUOTED = /"([^<"]*)"|'([^<']*)'/y;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

class XmlReader {
  private at = 0;

  constructor(private readonly source: string) {}

  document(): XmlElement {
    this.take(DECLARATION);
    this.skipSpaceAndComments();
    const root = this.element();
    this.skipSpaceAndComments();
    if (this.at < this.source.length) throw this.error('something follows the root element');
    return root;
  }

  private element(): XmlElement {
    this.expect('<');
    const name = this.require(NAME, 'the name of an element');
    const attributes = this.attributes();
    if (this.tryTake('/>')) return { name, attributes, children: [], text: '' };
    this.expect('>');
    const { children, text } = this.content();
    this.expect('</');
    const closed = this.require(NAME, 'the name of an element');
    if (closed !== name) throw this.error(`<${name}> is closed as </${closed}>`);
    this.take(SPACE);
    this.expect('>');
    return { name, attributes, children, text };
  }

  private attributes(): Record<string, string> {
    const attributes: Record<string, string> = {};
    for (;;) {
      const spaced = this.take(SPACE) !== '';
      const name = this.take(NAME);
      if (name === undefined) return attributes;
      if (!spaced) throw this.error(`there is no space before '${name}'`);
      if (Object.hasOwn(attributes, name)) throw this.error(`attribute '${name}' is there twice`);
      this.take(SPACE);
      this.expect('=');
      this.take(SPACE);
      attributes[name] = this.unescape(this.require(QUOTED, 'a quoted value').slice(1, -1));
    }
  }

  private content(): { children: XmlElement[]; text: string } {
    const children: XmlElement[] = [];
    let text = '';
    while (!this.sees('</')) {
      if (this.at >= this.source.length) throw this.error('an element is not closed');
      if (this.take(COMMENT) !== undefined) continue;
      const data = this.take(CDATA);
      const plain = data === undefined ? this.take(TEXT) : undefined;
      if (data !== undefined) text += data.slice('<![CDATA['.length, -']]>'.length);
      else if (plain !== undefined) text += this.unescape(plain);
      else children.push(this.element());
    }
    return { children, text: text.trim() };
  }

  private unescape(text: string): string {
    return text.replace(/&([^;&]*;?)/g, (_, entity: string) => {
      const name = entity.slice(0, -1);
      const code = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
      const number = code === null ? NaN : code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
      const meaning = number > 0 && number <= 0x10ffff ? String.fromCodePoint(number) : ENTITIES[name];
      if (!entity.endsWith(';') || meaning === undefined) throw this.error(`'&' begins no known entity`);
      return meaning;
    });
  }

  private skipSpaceAndComments(): void {
    do this.take(SPACE);
    while (this.take(COMMENT) !== undefined);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private require(pattern: RegExp, what: string): string {
    const found = this.take(pattern);
    if (found === undefined) throw this.error(`${what} is missing`);
    return found;
  }

  private sees(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  private tryTake(text: string): boolean {
    const isThere = this.sees(text);
    if (isThere) this.at += text.length;
    return isThere;
  }

  private expect(text: string): void {
    if (!this.tryTake(text)) throw this.error(`'${text}' is missing`);
  }

  private error(what: string): XmlError {
    const before = this.source.slice(0, this.at).split('\n');
    return new XmlError(`line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what}`);
  }
}
