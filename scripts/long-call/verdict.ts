import { type SocketSession } from '../../simulator';
import { type PlayedCall, interruptions } from './play';
import { bookings } from './words';

/** One thing that was looked at: what it was, and whether it was as it should be. */
export interface Finding {
  readonly name: string;
  readonly told: string;
  readonly isFine: boolean;
}

/**
 * Most difference in milliseconds between the caller's time and upstream's audio, from one utterance to another. A network that
 * stands still in the midst of an utterance is silence as far as the relay knows, until the next pause.
 */
const mostDriftMs = 150;

/** Most difference in milliseconds between what the model is told was heard of it, and what was, while nothing is held up. */
const mostTruncationErrorMs = 60;

/** Most memory in bytes by which the relay's heap may have grown, garbage collected. */
const mostGrowthBytes = 5 * 1_048_576;

/** What is seen of a call at both ends of the relay. */
export interface Evidence {
  readonly played: PlayedCall;
  readonly session: SocketSession;
  /** The relay's metrics at the end, in Prometheus' text format. */
  readonly metrics: string;
  readonly delivered: number;
}

/** Judges a call. */
export function judge({ played, session, metrics, delivered }: Evidence): Finding[] {
  const { call, ending, begin, end } = played;
  const cleared = call.history.all('cleared').length;
  const { sent, suppressed } = call.voiceFrames;
  return [
    drift(played, session),
    memory(begin.heapBytes, end.heapBytes),
    ...marks(played, metrics),
    truncations(played, session),
    finding('interruptions', `${cleared} flushes`, cleared === interruptions),
    finding('tool calls delivered', `${delivered}`, delivered >= bookings),
    finding('ending', ending.kind, ending.kind === 'transferred'),
    finding('frames of the caller', `${sent} sent, ${suppressed} suppressed`, suppressed > 0),
    finding(
      'complaints',
      [...call.complaints, ...call.remarks].map(({ code }) => code).join(', ') || 'none',
      isQuiet(),
    ),
  ];

  function isQuiet(): boolean {
    return call.complaints.length === 0 && call.remarks.length === 0;
  }
}

/**
 * Upstream tells where in the audio it got speech begins, the caller's line where on it that was said. Their difference must stay
 * the same, or silence that was left out has been put in wrongly. Neither goes by a clock, so a busy machine does not matter.
 */
function drift({ call }: PlayedCall, session: SocketSession): Finding {
  const said = call.history.all('voice').map(({ lineMs }) => lineMs);
  const heard = session.journal.entries
    .filter(({ direction, type }) => direction === 'sent' && type === 'input_audio_buffer.speech_started')
    // Such an event always tells when (protocol reference, section 2.1).
    .map(({ event }) => (event as { readonly audio_start_ms: number }).audio_start_ms);
  const offsets = heard.map((atMs, place) => Math.round(atMs - (said[place] ?? NaN)));
  const driftMs = Math.max(...offsets) - Math.min(...offsets);
  const lastMs = (offsets.at(-1) ?? NaN) - (offsets[0] ?? NaN);
  const told = [
    `${driftMs} ms over ${said.length} utterances, of which ${heard.length} were heard`,
    `${lastMs} ms from the first to the last`,
    `each, in ms: ${offsets.join(' ')}`,
  ];
  return finding('drift', told.join('; '), heard.length === said.length && driftMs <= mostDriftMs);
}

/** What the model was told that the caller had heard, at each interruption, against what the caller had. */
function truncations({ call, heldUpMs }: PlayedCall, session: SocketSession): Finding {
  const told = session.journal.entries
    .filter(({ direction, type }) => direction === 'received' && type === 'conversation.item.truncate')
    // The simulator takes none that does not tell where.
    .map(({ event }) => (event as { readonly audio_end_ms: number }).audio_end_ms);
  const begins = call.history.all('playing');
  const heard = call.history.all('cleared').map(({ index, atMs }) => {
    const first = begins.findLast((begin) => begin.index < index)?.message ?? NaN;
    const spans = call.heard.filter(({ message, fromMs }) => message >= first && fromMs < atMs);
    return spans.reduce((sum, { heardMs }) => sum + heardMs, 0);
  });
  const errors = heard.map((ms, place) => Math.round((told[place] ?? NaN) - ms));
  const mostMs = heldUpMs.map((ms) => mostTruncationErrorMs + ms);
  const isFine = told.length === heard.length && errors.every((ms, place) => Math.abs(ms) <= (mostMs[place] ?? 0));
  const most = mostMs.map(Math.round).join(' ');
  return finding('told heard against heard', `${errors.join(' ')} ms, at most ${most} ms`, isFine);
}

function memory(beginBytes: number, endBytes: number): Finding {
  const told = `${mebibytes(beginBytes)} at the beginning, ${mebibytes(endBytes)} at the end`;
  return finding("the relay's heap", told, endBytes - beginBytes <= mostGrowthBytes);
}

/** Every mark is heard or thrown away, by the carrier's account and by the relay's. */
function marks({ call }: PlayedCall, metrics: string): Finding[] {
  // Signs of life stand behind no audio, and the relay does not count them.
  const isMark = ({ name }: { readonly name: string }) => name !== 'i0:0';
  const sent = call.history.all('mark').filter(isMark).length;
  const returned = call.history.all('mark_returned').filter(isMark);
  const heard = returned.filter(({ because }) => because === 'heard').length;
  const dropped = returned.length - heard + call.history.all('marks_dropped').flatMap(({ names }) => names).length;
  const [ours, ...ends] = ['marks_sent', 'marks_heard', 'marks_cleared', 'marks_lost'].map((what) =>
    counted(metrics, what),
  );
  const [oursHeard = 0, oursCleared = 0, lost = 0] = ends;
  return [
    finding('marks at the carrier', `${sent} sent, ${heard} heard, ${dropped} thrown away`, sent === heard + dropped),
    finding(
      'marks at the relay',
      `${ours ?? 0} sent, ${oursHeard} heard, ${oursCleared} thrown away, ${lost} lost`,
      ours === sent && ours === oursHeard + oursCleared && lost === 0,
    ),
  ];
}

function counted(metrics: string, what: string): number {
  const line = `relay_phone_events_total{carrier="twilio",what="${what}"} `;
  const found = metrics.split('\n').find((each) => each.startsWith(line));
  return Number(found?.slice(line.length) ?? 0);
}

const finding = (name: string, told: string, isFine: boolean): Finding => ({ name, told, isFine });

const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`;
