/** Most fields of a webhook's form; carriers send some dozen, and whoever signs or checks a form has to sort them. */
export const mostFormFields = 256;

/**
 * Reads a webhook's form: what a field says, undefined where it is not there exactly once. Undefined altogether where there are
 * more fields than any carrier sends.
 */
export function readForm(body: string): ((name: string) => string | undefined) | undefined {
  const fields = new URLSearchParams(body);
  if (fields.size > mostFormFields) return undefined;
  return (name) => {
    const [value, another] = fields.getAll(name);
    return another === undefined ? value : undefined;
  };
}
