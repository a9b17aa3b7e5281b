/** The longest wait that a server's `Retry-After` is believed for: 15 minutes. */
export const MAX_RETRY_AFTER_MS = 900_000;

const SECONDS = /^\d{1,15}$/;
// The two forms of RFC 9110 that name their zone; `Date.parse` alone would take almost anything.
const HTTP_DATE = /^[A-Z][a-z]{2,8}, \d{2}( [A-Z][a-z]{2} \d{4}|-[A-Z][a-z]{2}-\d{2}) \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The wait that a `Retry-After` header asks for, in milliseconds.
 *
 * @param value seconds or an HTTP date
 * @param nowMs epoch milliseconds
 * @returns at most 15 minutes; 0 for a date that has passed; `undefined` for anything else
 */
export function parseRetryAfter(
  value: string | readonly string[] | undefined,
  nowMs: number,
): number | undefined {
  const text = (typeof value === 'string' ? value : value?.[0])?.trim() ?? '';
  const waitMs = SECONDS.test(text)
    ? Number(text) * 1000
    : HTTP_DATE.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}
