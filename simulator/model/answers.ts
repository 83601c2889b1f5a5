import { isRecord, tryParseJson } from '../protocol/json';

/** How a tool's field is asked for in speech. */
const FIELD_QUESTIONS: Record<string, string> = {
  title: 'what the appointment is about',
  start_time: 'when it should start',
  end_time: 'when it should end',
  attendee_email: 'an e-mail address',
};

/** What to say about the outputs of tools, in one breath. */
export function describeOutputs(outputs: readonly { tool: string; output: string }[]): string {
  return outputs.map(({ output }) => describe(output)).join(' ') || 'There is nothing to report yet.';
}

function describe(output: string): string {
  const result = tryParseJson(output);
  if (!isRecord(result)) return output.trim() || 'Done.';
  const message = textAt(result, 'message');
  if (result['is_duplicate'] === true) return `That is already arranged. ${message ?? ''}`.trim();
  if (result['success'] === true) return message === undefined ? 'Done.' : `Done. ${message}.`.replace('..', '.');
  return describeFailure(result) ?? message ?? output;
}

function describeFailure(result: Record<string, unknown>): string | undefined {
  const error = textAt(result, 'error');
  const missing = error?.match(/Missing required fields: ([a-z_, ]+)/)?.[1];
  if (missing !== undefined) {
    const questions = missing.split(',').map((field) => FIELD_QUESTIONS[field.trim()] ?? field.trim());
    return `I still need ${questions.join(' and ')}. Could you tell me?`;
  }
  // A clarification opens with a machine's word in capitals, which is not for speech.
  const clarification = textAt(result, 'clarification')?.replace(/^[A-Z_]+:\s*/, '');
  return clarification ?? (error === undefined ? undefined : `I am sorry, that did not work: ${error}`);
}

function textAt(result: Record<string, unknown>, key: string): string | undefined {
  const value = result[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
