import type { Runtime } from '../runtime.js';
import type { CircuitBreaker, Permit } from './circuitBreaker.js';
import type { ExportResult } from './contract.js';
import { wait } from './waiting.js';

/** What one attempt came to. */
export type AttemptResult =
  /** Settled one way or the other: no further attempt. */
  | { readonly kind: 'done'; readonly result: ExportResult }
  /** Worth another try: soon, or (`soon` false) not before the batch's next turn. */
  | { readonly kind: 'failed'; readonly error: string; readonly soon: boolean };

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 1_000;
/** A server that asks for a longer wait is not waited for here: the batch goes back to its queue. */
const MAX_WAIT_MS = 5_000;

export interface RetryServices {
  readonly breaker: CircuitBreaker;
  readonly maxRetries: number;
  readonly runtime: Runtime;
}

/**
 * Attempts until one is done, with growing waits between them, each with the breaker's leave.
 *
 * @param attempt must settle its permit; what it leaves unsettled is given back
 */
export async function withRetries(
  attempt: (permit: Permit) => Promise<AttemptResult>,
  { breaker, maxRetries, runtime }: RetryServices,
  signal: AbortSignal,
): Promise<ExportResult> {
  let error: string | undefined;
  for (let retries = 0; ; retries++) {
    if (signal.aborted) {
      return { outcome: 'aborted' };
    }
    const permit = breaker.tryAcquire();
    if (permit === undefined) {
      return error === undefined
        ? { outcome: 'blocked', retryInMs: breaker.retryInMs() }
        : { outcome: 'retryable', error };
    }
    const attempted = await attempt(permit).finally(() => permit.abandon());
    if (attempted.kind === 'done') {
      return attempted.result;
    }
    error = attempted.error;
    const delayMs = Math.max(backOff(retries, runtime), breaker.quietMs() + 1);
    if (!attempted.soon || retries >= maxRetries || delayMs > MAX_WAIT_MS) {
      return { outcome: 'retryable', error };
    }
    await wait(runtime, delayMs, signal);
  }
}

/**
 * From 100 ms to 1 s: once to twice a delay that doubles each time, by chance, so that clients do not return in
 * step.
 */
function backOff(retries: number, runtime: Runtime): number {
  return Math.min(FIRST_DELAY_MS * 2 ** retries * (1 + runtime.random()), MAX_DELAY_MS);
}
