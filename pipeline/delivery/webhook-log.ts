import { type Log } from '../log';
import { type CircuitChange } from './circuit-breaker';
import { type Delivery } from './delivery';

/** Writes down what came of one attempt. */
export function logDelivery(log: Log, delivery: Delivery, attempt: number): void {
  const fields = { ...delivery, attempt };
  switch (delivery.kind) {
    case 'accepted':
      log.info(fields, 'Zapier webhook executed successfully');
      break;
    case 'rejected':
      log.warn(fields, 'Zapier webhook refused the intent');
      break;
    case 'not_sent':
      log.warn(fields, 'Zapier webhook not reached for intent');
      break;
    case 'unknown':
      log.error(fields, 'Zapier webhook outcome unknown for intent');
  }
}

/** Writes down that a webhook is given a rest, tried again after it, or back. */
export function logCircuit(log: Log, change: CircuitChange): void {
  switch (change.state) {
    case 'open':
      log.warn(change, 'Zapier webhook fails and is given a rest');
      break;
    case 'half_open':
      log.info(change, 'Zapier webhook is tried again after its rest');
      break;
    case 'closed':
      log.info(change, 'Zapier webhook answers again');
  }
}
