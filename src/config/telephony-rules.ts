import type { Problem } from './problems';
import type { Together } from './rules';
import { numbersByCarrier } from './telephony';

/** What is wrong between the phone numbers of all orgs and the program's own settings. */
export function wrongTelephony(together: Together): Problem[] {
  return [...unreachable(together), ...sharedNumbers(together)];
}

/** Carriers call the relay at its public address and sign it, and stream to port 443 alone. */
function unreachable({ orgs, given, program, nameOf }: Together): Problem[] {
  const first = orgs.find(({ settings }) =>
    numbersByCarrier(settings.telephony).some(([carrier]) => !findsItsWay.has(carrier)),
  );
  if (first === undefined) return [];
  const setting = nameOf('publicUrl');
  const why = `org ${first.id} has telephone numbers, whose calls are streamed to this address`;
  // Wrong by itself, which is said elsewhere.
  if (program.publicUrl === undefined && given.publicUrl !== undefined) return [];
  if (program.publicUrl === undefined) return [{ setting, message: `is required: ${why}` }];
  const { protocol, port } = new URL(program.publicUrl);
  if (protocol !== 'https:') return [{ setting, message: `must be https: ${why}` }];
  return port === '' ? [] : [{ setting, message: `must be on port 443: ${why}` }];
}

/** Carriers whose own settings say where calls are streamed to, be it an address that only they can reach. */
const findsItsWay: ReadonlySet<string> = new Set(['asterisk']);

function sharedNumbers({ orgs }: Together): Problem[] {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { settings, place } of orgs) {
    for (const [carrier, numbers] of numbersByCarrier(settings.telephony)) {
      const setting = `${place.path}.telephony.${carrier}.numbers`;
      for (const number of numbers) {
        const owner = owners.get(number);
        if (owner !== undefined) problems.push({ setting, message: `has a number that stands in ${owner} as well` });
        owners.set(number, setting);
      }
    }
  }
  return problems;
}
