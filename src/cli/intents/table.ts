import { escapeUnprintable } from '../../../pipeline';
import { durationText } from '../../intents/duration';
import type { IntentJson } from '../../intents/intent-json';

const columns: readonly { readonly head: string; readonly cell: (intent: IntentJson, nowMs: number) => string }[] = [
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'FOR', cell: ({ updated_at: since }, nowMs) => ageText(since, nowMs) },
  { head: 'ORG', cell: ({ org_id: org }) => org },
  { head: 'TOOL', cell: ({ tool_name: tool }) => tool },
  { head: 'INTENT', cell: ({ intent_id: id }) => id },
  { head: 'SENT', cell: ({ attempts }) => String(attempts) },
  { head: 'OUTCOME', cell: ({ outcome }) => outcomeText(outcome) },
  { head: 'CAN', cell: ({ can }) => can.join(', ') || '–' },
];

/** Intents as a table for people, with a head. */
export function tableOf(intents: readonly IntentJson[], nowMs: number): string {
  const rows = [
    columns.map(({ head }) => head),
    ...intents.map((intent) => columns.map(({ cell }) => escapeUnprintable(cell(intent, nowMs)))),
  ];
  const widths = columns.map((_column, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * Intents for other programs, a line each, its parts divided by tabs: state, time of the last move, org, tool, intent, how
 * often it was sent, outcome, what can be done.
 */
export function linesOf(intents: readonly IntentJson[]): string {
  return intents
    .map(({ state, updated_at: since, org_id: org, tool_name: tool, intent_id: id, attempts, outcome, can }) =>
      [state, since, org, tool, id, String(attempts), outcomeText(outcome), can.join(',')]
        .map((part) => escapeUnprintable(part))
        .join('\t'),
    )
    .join('\n');
}

/** One intent with its attempts, for people. */
export function detailsOf(intent: IntentJson, nowMs: number): string {
  const { org_id: org, tool_name: tool, intent_id: id, state, updated_at: since, attempts, outcome, can } = intent;
  const facts: [string, string | undefined][] = [
    ['org', org],
    ['tool', tool],
    ['intent', id],
    ['state', `${state} for ${ageText(since, nowMs)}, since ${since}`],
    ['outcome', outcomeText(outcome)],
    ["receiver's id", outcome?.remote_id],
    ['sent', `${attempts} ${attempts === 1 ? 'time' : 'times'}, wanted since ${intent.created_at}`],
    ['lease until', intent.lease_until],
    ['next try', intent.next_try_at],
    ['sent until', intent.expires_at],
    ['kept until', intent.retain_until],
    ['can', can.join(', ') || 'nothing now'],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined ? [] : `${name.padEnd(15)}${value}`));
  const history = intent.history.flatMap(({ fence, steps }) => [
    `  claim ${fence}`,
    ...steps.map(({ at, state: reached, by, code, http_status: status }) =>
      `    ${at}  ${reached.padEnd(12)}  by ${by.padEnd(8)}  ${outcomeText({ code, http_status: status })}`.trimEnd(),
    ),
  ]);
  return [...lines, 'history', ...history].map((line) => escapeUnprintable(line)).join('\n');
}

const ageText = (since: string, nowMs: number) => durationText(Math.max(0, nowMs - Date.parse(since)));

interface OutcomeJson {
  readonly code?: string | undefined;
  readonly http_status?: number | undefined;
}

/** A code such as `http_500` says its status already. */
function outcomeText({ code, http_status: status }: OutcomeJson = {}): string {
  if (code === undefined || status === undefined) return code ?? (status === undefined ? '' : `http_${status}`);
  return code.endsWith(String(status)) ? code : `${code} (${status})`;
}
