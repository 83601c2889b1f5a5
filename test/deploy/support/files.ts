import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const root = join(__dirname, '../../..');

/** Where a file of the project is. */
export const pathOf = (file: string): string => join(root, file);

/** The words of a file of the project. */
export const textOf = (file: string): string => readFileSync(pathOf(file), 'utf8');

/** What a YAML file of the project says, with what it refers to by `<<` put in. */
export const yamlOf = (file: string): unknown => parse(textOf(file), { merge: true });

/** Every document of a YAML file; throws where one has faults or warnings. */
export function documentsOf(file: string): unknown[] {
  return parseAllDocuments(textOf(file)).map((document) => {
    expect({ file, errors: document.errors, warnings: document.warnings }).toEqual({ file, errors: [], warnings: [] });
    const content: unknown = document.toJS();
    return content;
  });
}
