const MS_PER_S = 1_000;
const S_PER_MIN = 60;
const S_PER_H = 3_600;
/** Up to so many of a unit the next larger one is not taken. */
const ENOUGH = 100;

export function ago(at: number, now: number): string {
  return `${spanText(now - at)} ago`;
}

export function ahead(at: number, now: number): string {
  return at <= now ? 'when there is something to send' : `in ${spanText(at - now)} at the earliest`;
}

function spanText(ms: number): string {
  const s = Math.max(0, Math.round(ms / MS_PER_S));
  if (s < ENOUGH) {
    return `${s} s`;
  }
  const min = Math.round(s / S_PER_MIN);
  return min < ENOUGH ? `${min} min` : `${Math.round(s / S_PER_H)} h`;
}
