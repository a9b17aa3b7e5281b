import { AsyncResource } from 'node:async_hooks';
import { diag } from '@opentelemetry/api';
import { INSTRUMENTATION_SCOPE } from '../version.js';

/** The longest interval that a timer of Node.js takes. */
const MAX_TIMER_MS = 2_147_483_647;

/** Whole and fractional milliseconds of the monotonic clock. */
export function monotonicNow(): number {
  return performance.now();
}

/**
 * Where everything runs that nobody waits for: timers that don't hold the process, jobs that can't throw
 * into whoever started them, all in the asynchronous context of the start of the program. Without that, a
 * chain of timers would keep alive the context of the request that happened to open the first connection.
 */
export class Background {
  readonly #scope = new AsyncResource(INSTRUMENTATION_SCOPE);

  /** Runs a job now. */
  run(job: () => void): void {
    this.#scope.runInAsyncScope(guarded, undefined, job);
  }

  /** Runs a job later. */
  after(delayMs: number, job: () => void): NodeJS.Timeout {
    return this.#scope.runInAsyncScope(startTimer, undefined, delayMs, job);
  }
}

/** Tells at debug level; never throws, whatever logger the application has set. */
export function debug(message: string, ...details: unknown[]): void {
  try {
    diag.debug(`${INSTRUMENTATION_SCOPE}: ${message}`, ...details);
  } catch {
    // A logger that throws is the application's own affair.
  }
}

/** Like `debug`, for what the application should see. */
export function warn(message: string): void {
  try {
    diag.warn(`${INSTRUMENTATION_SCOPE}: ${message}`);
  } catch {
    // As above.
  }
}

function startTimer(delayMs: number, job: () => void): NodeJS.Timeout {
  const timer = setTimeout(guarded, Math.min(delayMs, MAX_TIMER_MS), job);
  timer.unref();
  return timer;
}

function guarded(job: () => void): void {
  try {
    job();
  } catch (error) {
    debug('a background job failed', error);
  }
}
