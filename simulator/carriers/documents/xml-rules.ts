import type { XmlElement } from '../xml';

/** What an element may have and hold. */
export interface ElementRule {
  readonly attributes: readonly string[];
  readonly holds?: readonly ('text' | 'elements')[];
}

/** What a schema would say of one element by itself; its children are not looked at. */
export function ruleFaults({ name, attributes, text, children }: XmlElement, rule: ElementRule): readonly string[] {
  const unknown = Object.keys(attributes).filter((attribute) => !rule.attributes.includes(attribute));
  return [
    ...unknown.map((attribute) => `<${name}> has no attribute '${attribute}'.`),
    ...(text !== '' && rule.holds?.includes('text') !== true ? [`<${name}> holds no text.`] : []),
    ...(children.length > 0 && rule.holds?.includes('elements') !== true ? [`<${name}> holds no elements.`] : []),
  ];
}

/** An element that is not known by name: nothing is expected of it. */
export const NO_RULE: ElementRule = { attributes: [], holds: ['text', 'elements'] };
