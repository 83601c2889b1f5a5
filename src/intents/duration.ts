import { z } from 'zod';

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people write it, such as `30s`, `10m`, `24h` or `7d`; read as milliseconds. */
export const duration = z.string().transform((text, context): number => {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount !== undefined && isUnit(unit)) return Number(amount) * unitsMs[unit];
  context.addIssue({ code: 'custom', message: 'must be a length of time such as "30s", "10m", "24h" or "7d"' });
  return z.NEVER;
});

/** A length of time for people, in its two largest units at most, such as `3m` or `2d 4h`. */
export function durationText(ms: number): string {
  const units = [...Object.entries(unitsMs)].reverse();
  const index = units.findIndex(([, unitMs]) => ms >= unitMs);
  if (index === -1) return '0s';
  const [large = 's', largeMs = 1_000] = units[index] ?? [];
  const [small, smallMs] = units[index + 1] ?? [];
  const rest = smallMs === undefined ? 0 : Math.floor((ms % largeMs) / smallMs);
  return `${Math.floor(ms / largeMs)}${large}${rest === 0 || small === undefined ? '' : ` ${rest}${small}`}`;
}

const isUnit = (text: string | undefined): text is keyof typeof unitsMs => text !== undefined && text in unitsMs;
