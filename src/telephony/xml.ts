import type { CallDocument } from './line';

/** A call document in XML, as several carriers take them: each in elements of its own. */
export function xmlResponse(elements: string): CallDocument {
  return {
    contentType: 'text/xml; charset=utf-8',
    body: `<?xml version="1.0" encoding="UTF-8"?><Response>${elements}</Response>`,
  };
}

/** Attributes of an element, each after a blank. */
export function xmlAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
}

/** A text as it stands in an element or an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
