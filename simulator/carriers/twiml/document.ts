import { type Complaint, complaint } from '../complaint';
import type { NextDocument, ReadDocument, Verb } from '../documents/verb';
import { type ElementRule, NO_RULE, ruleFaults } from '../documents/xml-rules';
import { parseXml, type XmlElement, XmlError } from '../xml';

/** Name and value together; what Twilio accepts is not published, this is what is said. */
const MAX_PARAMETER_LENGTH = 500;

/**
 * Reads a TwiML document strictly.
 * @param streamAttributes what a carrier's `<Stream>` has beyond Twilio's.
 */
export function readTwiml(document: string, streamAttributes: readonly string[] = []): ReadDocument {
  try {
    const root = parseXml(document);
    if (root.name !== 'Response') {
      return {
        kind: 'unreadable',
        complaint: complaint('12100', `The root element is <${root.name}>, not <Response>.`),
      };
    }
    return new TwimlReader(streamAttributes).read(root);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return { kind: 'unreadable', complaint: complaint('12100', `The document is not well-formed: ${error.message}.`) };
  }
}

const RULES: Readonly<Record<string, ElementRule>> = {
  Response: { attributes: [], holds: ['elements'] },
  Connect: { attributes: ['action', 'method'], holds: ['elements'] },
  Stream: { attributes: ['url', 'name', 'track', 'statusCallback', 'statusCallbackMethod'], holds: ['elements'] },
  Parameter: { attributes: ['name', 'value'] },
  Dial: {
    attributes: ['action', 'method', 'callerId', 'timeout', 'timeLimit', 'answerOnBridge', 'hangupOnStar', 'record'],
    holds: ['text', 'elements'],
  },
  Number: { attributes: ['url', 'method', 'sendDigits'], holds: ['text'] },
  Sip: { attributes: ['url', 'method', 'username', 'password'], holds: ['text'] },
  Redirect: { attributes: ['method'], holds: ['text'] },
  Pause: { attributes: ['length'] },
  Say: { attributes: ['voice', 'language', 'loop'], holds: ['text'] },
  Reject: { attributes: ['reason'] },
  Hangup: { attributes: [] },
};

class TwimlReader {
  private readonly complaints: Complaint[] = [];

  constructor(private readonly streamAttributes: readonly string[]) {}

  read(root: XmlElement): ReadDocument {
    this.check(root);
    const verbs = root.children.map((child) => this.verb(child)).filter((verb) => verb !== undefined);
    return { kind: 'document', verbs, complaints: this.complaints };
  }

  private verb(element: XmlElement): Verb | undefined {
    this.check(element);
    switch (element.name) {
      case 'Connect':
        return this.connect(element);
      case 'Dial':
        return this.dial(element);
      case 'Redirect':
        return { verb: 'Redirect', next: { url: element.text, method: this.methodOf(element) } };
      case 'Pause':
        return { verb: 'Pause', ms: 1000 * Number(element.attributes['length'] ?? '1') };
      case 'Say':
        return { verb: 'Say', text: element.text };
      case 'Reject':
        return { verb: 'Reject', reason: element.attributes['reason'] ?? 'rejected' };
      case 'Hangup':
        return { verb: 'Hangup' };
      default:
        this.complain('12200', `<${element.name}> is no verb this simulator knows.`);
        return undefined;
    }
  }

  private connect(element: XmlElement): Verb | undefined {
    const [stream, ...others] = element.children;
    if (stream?.name !== 'Stream' || others.length > 0) {
      this.complain('12200', '<Connect> must hold exactly one <Stream>.');
      return undefined;
    }
    this.check(stream);
    const { url, track } = stream.attributes;
    const parameters = this.parametersOf(stream);
    if (url === undefined) {
      this.complain('12200', '<Stream> has no url.');
      return undefined;
    }
    if (track !== undefined && track !== 'inbound_track') {
      this.complain('31941', `track="${track}": a stream within <Connect> has the inbound track only.`);
      return undefined;
    }
    return {
      verb: 'Connect',
      stream: { url, attributes: stream.attributes, parameters },
      next: this.nextOf(element),
    };
  }

  private parametersOf(stream: XmlElement): Record<string, string> {
    const parameters: Record<string, string> = {};
    for (const child of stream.children) {
      this.check(child);
      const { name, value } = child.attributes;
      if (child.name !== 'Parameter' || name === undefined || value === undefined || name === '') {
        this.complain('12200', '<Stream> holds only <Parameter>, each with a name and a value.');
      } else if (name.length + value.length > MAX_PARAMETER_LENGTH) {
        this.complain('12200', `Parameter ${name} is longer than ${MAX_PARAMETER_LENGTH} characters with its name.`);
      } else if (Object.hasOwn(parameters, name)) this.complain('12200', `Parameter ${name} is there twice.`);
      else parameters[name] = value;
    }
    return parameters;
  }

  private dial(element: XmlElement): Verb | undefined {
    for (const child of element.children) this.check(child);
    const nouns = element.children.filter(({ name }) => name === 'Number' || name === 'Sip');
    const targets = [...(element.text === '' ? [] : [element.text]), ...nouns.map(({ text }) => text)];
    const wrong = targets.find((target) => !/^(\+[1-9]\d{6,14}|sips?:[^\s@]+@[^\s@]+)$/.test(target));
    if (wrong !== undefined) this.complain('13223', `<Dial>: '${wrong}' is no phone number.`);
    else if (targets.length === 0) this.complain('12200', '<Dial> names nobody to call.');
    else return { verb: 'Dial', targets, callerId: element.attributes['callerId'], next: this.nextOf(element) };
    return undefined;
  }

  private nextOf(element: XmlElement): NextDocument | undefined {
    const { action } = element.attributes;
    return action === undefined ? undefined : { url: action, method: this.methodOf(element) };
  }

  private methodOf({ attributes: { method = 'POST' }, name }: XmlElement): 'GET' | 'POST' {
    if (method === 'GET' || method === 'POST') return method;
    this.complain('12200', `<${name}>: method="${method}" is neither GET nor POST.`);
    return 'POST';
  }

  private check(element: XmlElement): void {
    const rule = RULES[element.name] ?? NO_RULE;
    const extended = { ...rule, attributes: [...rule.attributes, ...this.streamAttributes] };
    const faults = ruleFaults(element, element.name === 'Stream' ? extended : rule);
    for (const fault of faults) this.complain('12200', fault);
  }

  private complain(code: string, message: string): void {
    this.complaints.push(complaint(code, message));
  }
}
