import { Counter, type Registry } from 'prom-client';
import type { EndCause, PhoneMeter } from '../../relay';

/** What is counted of phone calls, by carrier. */
export interface PhoneMetrics {
  /** A call got its session; what is returned is called when that has ended. */
  callStarted(carrier: string): (cause: EndCause) => void;
  /** Counts what goes on in calls. */
  meterOf(carrier: string): PhoneMeter;
  /** Something was asked of a carrier about a call. */
  asked(carrier: string, action: string, outcome: string): void;
}

export function createPhoneMetrics(registry: Registry): PhoneMetrics {
  const registers = [registry];
  const started = new Counter({
    name: 'relay_calls_started_total',
    help: 'Phone calls that got a session, by carrier.',
    labelNames: ['carrier'],
    registers,
  });
  const ended = new Counter({
    name: 'relay_calls_ended_total',
    help: 'Phone calls whose session ended, by carrier and by what ended it.',
    labelNames: ['carrier', 'cause'],
    registers,
  });
  const happened = new Counter({
    name: 'relay_phone_events_total',
    help: 'What went on in phone calls, by carrier: marks, interruptions, digits, frames dropped, and so on.',
    labelNames: ['carrier', 'what'],
    registers,
  });
  const asked = new Counter({
    name: 'relay_carrier_requests_total',
    help: "Requests to carriers' HTTP interfaces, by what was asked and what came of it.",
    labelNames: ['carrier', 'action', 'outcome'],
    registers,
  });
  return {
    callStarted(carrier) {
      started.inc({ carrier });
      return (cause) => ended.inc({ carrier, cause });
    },
    meterOf: (carrier) => ({ counted: (what, by) => happened.inc({ carrier, what }, by) }),
    asked: (carrier, action, outcome) => asked.inc({ carrier, action, outcome }),
  };
}
