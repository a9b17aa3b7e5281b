import type { CircuitBreaker, Permit } from './circuitBreaker.js';
import type { ExportResult } from './contract.js';
import { wait } from './waiting.js';

/** What one attempt came to. */
export type AttemptResult =
  /** Settled one way or the other: no further attempt. */
  | { readonly kind: 'done'; readonly result: ExportResult }
  /** Worth another try: soon, or (`soon` false) not before the batch's next turn. */
  | {
      readonly kind: 'failed';
      readonly error: string;
      readonly retryAfterMs: number | undefined;
      readonly soon: boolean;
    };

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 1_000;
/** A server that asks for a longer wait is not waited for here: the batch goes back to its queue. */
const MAX_WAIT_MS = 5_000;

/**
 * Attempts until one is done, with growing waits between them, each with the breaker's leave.
 *
 * @param attempt must settle its permit; what it leaves unsettled is given back
 */
export async function withRetries(
  attempt: (permit: Permit) => Promise<AttemptResult>,
  breaker: CircuitBreaker,
  maxRetries: number,
  signal: AbortSignal,
): Promise<ExportResult> {
  let error: string | undefined;
  for (let retries = 0; ; retries++) {
    if (signal.aborted) {
      return { outcome: 'aborted' };
    }
    const permit = breaker.tryAcquire();
    if (permit === undefined) {
      const retryInMs = breaker.retryInMs();
      return error === undefined
        ? { outcome: 'blocked', retryInMs }
        : { outcome: 'retryable', error, retryAfterMs: retryInMs };
    }
    const attempted = await attempt(permit).finally(() => permit.abandon());
    if (attempted.kind === 'done') {
      return attempted.result;
    }
    error = attempted.error;
    const { retryAfterMs, soon } = attempted;
    const delayMs = Math.max(backOff(retries), retryAfterMs ?? 0);
    if (!soon || retries >= maxRetries || delayMs > MAX_WAIT_MS) {
      return retryAfterMs === undefined
        ? { outcome: 'retryable', error }
        : { outcome: 'retryable', error, retryAfterMs };
    }
    await wait(delayMs, signal);
  }
}

/** From half to the whole of an exponentially growing delay, so that clients do not return in step. */
function backOff(retries: number): number {
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** retries, MAX_DELAY_MS);
  return delayMs / 2 + (Math.random() * delayMs) / 2;
}
