import { complaint, type Complaint } from '../complaint';
import type { ReadDocument, Verb } from '../documents/verb';
import { type ElementRule, NO_RULE, ruleFaults } from '../documents/xml-rules';
import { parseXml, type XmlElement, XmlError } from '../xml';
import { PLIVO_FORMATS } from './frames';

/** Reads a Plivo XML document strictly (protocol reference, section 5). */
export function readPlivoXml(document: string): ReadDocument {
  try {
    const root = parseXml(document);
    if (root.name === 'Response') return new PlivoReader().read(root);
    return { kind: 'unreadable', complaint: complaint('invalid_xml', `The root element is <${root.name}>.`) };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return { kind: 'unreadable', complaint: complaint('invalid_xml', `${error.message}.`) };
  }
}

const RULES: Readonly<Record<string, ElementRule>> = {
  Response: { attributes: [], holds: ['elements'] },
  Stream: {
    attributes: [
      'bidirectional',
      'audioTrack',
      'keepCallAlive',
      'contentType',
      'streamTimeout',
      'statusCallbackUrl',
      'statusCallbackMethod',
      'extraHeaders',
    ],
    holds: ['text'],
  },
  Dial: { attributes: ['action', 'method', 'callerId', 'timeout', 'timeLimit'], holds: ['elements'] },
  Number: { attributes: ['sendDigits'], holds: ['text'] },
  User: { attributes: [], holds: ['text'] },
  Speak: { attributes: ['voice', 'language', 'loop'], holds: ['text'] },
  Redirect: { attributes: ['method'], holds: ['text'] },
  Hangup: { attributes: ['reason', 'schedule'] },
};

const MAX_EXTRA_HEADERS_BYTES = 512;

class PlivoReader {
  private readonly complaints: Complaint[] = [];

  read(root: XmlElement): ReadDocument {
    this.check(root);
    const verbs = root.children.map((child) => this.verb(child)).filter((verb) => verb !== undefined);
    return { kind: 'document', verbs, complaints: this.complaints };
  }

  private verb(element: XmlElement): Verb | undefined {
    this.check(element);
    const { name, text, attributes, children } = element;
    switch (name) {
      case 'Stream':
        return this.stream(element);
      case 'Dial': {
        for (const child of children) this.check(child);
        const targets = children.map((child) => child.text);
        const { action, callerId } = attributes;
        const next = action === undefined ? undefined : { url: action, method: 'POST' as const };
        if (targets.length > 0 && targets.every((target) => /^(\+?[1-9]\d{6,14}|sips?:.+@.+)$/.test(target))) {
          return { verb: 'Dial', targets, callerId, next };
        }
        return this.leftOut('invalid_xml', '<Dial> names no number.');
      }
      case 'Speak':
        return { verb: 'Say', text };
      case 'Redirect':
        return { verb: 'Redirect', next: { url: text, method: 'POST' } };
      case 'Hangup':
        return attributes['reason'] === undefined
          ? { verb: 'Hangup' }
          : { verb: 'Reject', reason: attributes['reason'] };
      default:
        return this.leftOut('invalid_xml', `<${name}> is no element this simulator knows.`);
    }
  }

  private stream({ text, attributes }: XmlElement): Verb | undefined {
    const { bidirectional, keepCallAlive, contentType } = attributes;
    if (bidirectional !== 'true') return this.leftOut('one_way', 'Without bidirectional="true" nothing is played.');
    if (keepCallAlive !== 'true') {
      this.complain('not_kept_alive', 'Without keepCallAlive="true" the call may end under the stream.');
    }
    if (contentType === undefined || !Object.hasOwn(PLIVO_FORMATS, contentType)) {
      return this.leftOut('content_type', `contentType="${contentType ?? ''}" is none that can be streamed.`);
    }
    return {
      verb: 'Connect',
      stream: { url: text, attributes, parameters: this.extraHeaders(attributes['extraHeaders']) },
      next: undefined,
    };
  }

  private extraHeaders(text = ''): Record<string, string> {
    const pairs = text === '' ? [] : text.split(',').map((pair) => pair.split('='));
    const isFine = pairs.every((pair) => pair.length === 2 && pair.every((part) => /^[A-Za-z0-9]+$/.test(part)));
    if (isFine && Buffer.byteLength(text) <= MAX_EXTRA_HEADERS_BYTES) {
      return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
    }
    this.complain('extra_headers', 'extraHeaders are letters and digits, at most 512 bytes.');
    return {};
  }

  private check(element: XmlElement): void {
    for (const fault of ruleFaults(element, RULES[element.name] ?? NO_RULE)) this.complain('invalid_xml', fault);
  }

  private leftOut(code: string, message: string): Verb | undefined {
    this.complain(code, message);
    return undefined;
  }

  private complain(code: string, message: string): void {
    this.complaints.push(complaint(code, message));
  }
}
