import { type FunctionCall } from './tool-runner';

/**
 * The function calls of one session and the outputs owed for them.
 *
 * The rules this table keeps: a call runs once and only when the model completed it; every call that ran gets exactly
 * one output; and when all calls of a response are answered, one later response speaks for them (protocol reference,
 * sections 4.1 to 4.5).
 */
export interface ToolRounds {
  /** Every call seen, by `call_id`. */
  readonly calls: ReadonlyMap<string, Call>;
  /** The responses whose outputs nobody has spoken for yet, in order. */
  readonly rounds: readonly Round[];
}

/** One call on its way. */
export interface Call extends FunctionCall {
  readonly responseId: string;
  readonly stage:
    | { readonly name: 'announced' }
    | { readonly name: 'prepared' }
    | { readonly name: 'running' }
    /** `seen`: upstream has confirmed the output item, so a response that begins now knows it. */
    | { readonly name: 'answered'; readonly seen: boolean }
    | { readonly name: 'dropped' };
}

/** The calls of one response. */
export interface Round {
  readonly responseId: string;
  readonly callIds: readonly string[];
  /** What is to be asked of the response that speaks for the outputs; null until the calling response is done. */
  readonly followUp: FollowUp | null;
  /** True when the outputs are given but nothing is asked: the client cancelled, or tools were forbidden. */
  readonly silent: boolean;
  /** The response that speaks for this round, once it has begun. */
  readonly spokenBy: { readonly responseId: string; readonly certain: boolean } | null;
}

/** What a follow-up repeats of the response that made the calls: overrides hold for one response only. */
export type FollowUp = Readonly<Record<string, unknown>>;

/** The table of a session in which nothing was called. */
export const noRounds: ToolRounds = { calls: new Map(), rounds: [] };

/**
 * Registers a call when its item appears. A `call_id` that is known already starts nothing (unless it was cut off
 * then); in another response it joins that response's round, so that the model still gets a reply.
 */
export function announce(table: ToolRounds, call: FunctionCall & { readonly responseId: string }): ToolRounds {
  const known = table.calls.get(call.callId);
  const isNew = known === undefined || (known.stage.name === 'dropped' && known.responseId !== call.responseId);
  const calls = isNew ? withCall(table, { ...call, stage: { name: 'announced' } }) : table.calls;
  return { calls, rounds: joinRound(table.rounds, call.responseId, call.callId) };
}

/** Takes the complete arguments of a call that has not begun; returns the same table when there is nothing to prepare. */
export function prepare(table: ToolRounds, callId: string, name: string | null | undefined, text: string): ToolRounds {
  const call = table.calls.get(callId);
  if (call?.stage.name !== 'announced' && call?.stage.name !== 'prepared') return table;
  const prepared: Call = {
    ...call,
    name: name ?? call.name,
    arguments: text,
    stage: { name: 'prepared' },
  };
  return { ...table, calls: withCall(table, prepared) };
}

/** Releases a completed call; returns the same table for one that runs already, has run, or was dropped. */
export function release(table: ToolRounds, callId: string): ToolRounds {
  const call = table.calls.get(callId);
  if (call?.stage.name !== 'prepared') return table;
  return { ...table, calls: withCall(table, { ...call, stage: { name: 'running' } }) };
}

/** Drops a call that was cut off: it is never run and never answered. */
export function drop(table: ToolRounds, callId: string): ToolRounds {
  const call = table.calls.get(callId);
  if (call === undefined || isStarted(call)) return table;
  return { ...table, calls: withCall(table, { ...call, stage: { name: 'dropped' } }) };
}

/** Notes that a call's output goes upstream; returns the same table when the call is not waiting for one. */
export function answer(table: ToolRounds, callId: string): ToolRounds {
  const call = table.calls.get(callId);
  if (call?.stage.name !== 'running') return table;
  return { ...table, calls: withCall(table, { ...call, stage: { name: 'answered', seen: false } }) };
}

/** Notes that upstream shows the output item in its conversation. */
export function confirm(table: ToolRounds, callId: string): ToolRounds {
  const call = table.calls.get(callId);
  if (call?.stage.name !== 'answered') return table;
  return { ...table, calls: withCall(table, { ...call, stage: { name: 'answered', seen: true } }) };
}

/** The calls of a response that have been neither released nor dropped. */
export function undecided(table: ToolRounds, responseId: string): readonly Call[] {
  return roundCalls(table, responseId).filter(({ stage }) => stage.name === 'announced' || stage.name === 'prepared');
}

/** Ends the calling response: from now on its round can be spoken for. A round without a call that ran is forgotten. */
export function endResponse(table: ToolRounds, responseId: string, followUp: FollowUp, silent: boolean): ToolRounds {
  const runs = roundCalls(table, responseId).some(isStarted);
  const rounds = runs
    ? table.rounds.map((round) =>
        round.responseId === responseId ? { ...round, followUp, silent: round.silent || silent } : round,
      )
    : table.rounds.filter((round) => round.responseId !== responseId);
  return forgetDone({ ...table, rounds });
}

/** Gives up every follow-up: outputs still go upstream, but no response is asked for. */
export function silence(table: ToolRounds): ToolRounds {
  return forgetDone({ ...table, rounds: table.rounds.map((round) => ({ ...round, silent: true })) });
}

/** The rounds that are answered and wait for a response to speak for them. */
export function owed(table: ToolRounds): readonly Round[] {
  return table.rounds.filter(
    (round) => round.followUp !== null && !round.silent && round.spokenBy === null && isAnswered(table, round),
  );
}

/** True while the response's outputs are still to be given or spoken for. */
export function isFollowUpDue(table: ToolRounds, responseId: string): boolean {
  return table.rounds.some((round) => round.responseId === responseId && !round.silent && round.spokenBy === null);
}

/** True while a call is running. */
export function isRunning(table: ToolRounds): boolean {
  return [...table.calls.values()].some(({ stage }) => stage.name === 'running');
}

/** True while a call is running or a follow-up is owed. */
export function isBusy(table: ToolRounds): boolean {
  return isRunning(table) || owed(table).length > 0;
}

/**
 * A response of the default conversation begins. It speaks for every answered round whose outputs upstream has
 * confirmed before; and, as far as it is the one we asked for, for those answered when we asked (`asked`), which is
 * `certain` only once no refusal can come.
 */
export function speak(table: ToolRounds, responseId: string, asked: readonly string[]): ToolRounds {
  const rounds = table.rounds.map((round) => {
    if (round.followUp === null || round.spokenBy !== null || !isAnswered(table, round)) return round;
    const certain = isSeen(table, round);
    return certain || asked.includes(round.responseId) ? { ...round, spokenBy: { responseId, certain } } : round;
  });
  return { ...table, rounds };
}

/** The response turned out not to be ours: rounds it was only believed to speak for are owed again. */
export function unspeak(table: ToolRounds, responseId: string): ToolRounds {
  const rounds = table.rounds.map((round) =>
    round.spokenBy?.responseId === responseId && !round.spokenBy.certain ? { ...round, spokenBy: null } : round,
  );
  return { ...table, rounds };
}

/**
 * A response is done: the rounds it spoke for are closed. One that it was only believed to speak for, and whose outputs
 * upstream has confirmed in the meantime, is owed again: the response began before them.
 */
export function closeSpoken(table: ToolRounds, responseId: string): ToolRounds {
  const isUnheard = ({ spokenBy }: Round) => spokenBy?.responseId !== responseId;
  const rounds = table.rounds.map((round) =>
    round.spokenBy?.certain === false && isSeen(table, round) ? { ...round, spokenBy: null } : round,
  );
  return { ...table, rounds: rounds.filter(isUnheard) };
}

/** Forgets silent rounds that owe no output any more. */
export function forgetDone(table: ToolRounds): ToolRounds {
  const rounds = table.rounds.filter((round) => !(round.silent && round.followUp !== null && isAnswered(table, round)));
  return rounds.length === table.rounds.length ? table : { ...table, rounds };
}

function roundCalls(table: ToolRounds, responseId: string): readonly Call[] {
  const round = table.rounds.find((candidate) => candidate.responseId === responseId);
  return (round?.callIds ?? []).flatMap((callId) => table.calls.get(callId) ?? []);
}

function isAnswered(table: ToolRounds, round: Round): boolean {
  return round.callIds.every((callId) => {
    const name = table.calls.get(callId)?.stage.name;
    return name === 'answered' || name === 'dropped';
  });
}

function isSeen(table: ToolRounds, round: Round): boolean {
  return round.callIds.every((callId) => {
    const stage = table.calls.get(callId)?.stage;
    return stage?.name === 'dropped' || (stage?.name === 'answered' && stage.seen);
  });
}

function isStarted(call: Call): boolean {
  return call.stage.name === 'running' || call.stage.name === 'answered';
}

function withCall(table: ToolRounds, call: Call): ReadonlyMap<string, Call> {
  return new Map(table.calls).set(call.callId, call);
}

function joinRound(rounds: readonly Round[], responseId: string, callId: string): readonly Round[] {
  const round = rounds.find((candidate) => candidate.responseId === responseId);
  if (round === undefined) {
    return [...rounds, { responseId, callIds: [callId], followUp: null, silent: false, spokenBy: null }];
  }
  if (round.callIds.includes(callId)) return rounds;
  return rounds.map((other) => (other === round ? { ...round, callIds: [...round.callIds, callId] } : other));
}
