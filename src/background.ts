import { AsyncResource } from 'node:async_hooks';
import { logDebug } from './log.js';
import { NODE_RUNTIME, type Runtime, type Timer } from './runtime.js';
import { INSTRUMENTATION_SCOPE } from './version.js';

/**
 * Where everything runs that nobody waits for: timers that don't hold the process, jobs that can't throw
 * into whoever started them, all in the asynchronous context of the start of the program. Without that, a
 * chain of timers would keep alive the context of the request that happened to open the first connection.
 */
export class Background {
  readonly runtime: Runtime;
  readonly #scope = new AsyncResource(INSTRUMENTATION_SCOPE);

  constructor(runtime: Runtime = NODE_RUNTIME) {
    this.runtime = runtime;
  }

  /** Milliseconds of the monotonic clock. */
  now(): number {
    return this.runtime.now();
  }

  /** Runs a job now. */
  run(job: () => void): void {
    this.#scope.runInAsyncScope(guarded, undefined, job);
  }

  /** Runs a job later. */
  after(delayMs: number, job: () => void): Timer {
    return this.#scope.runInAsyncScope(startTimer, undefined, this.runtime, delayMs, job);
  }

  stop(timer: Timer | undefined): void {
    this.runtime.stopTimer(timer);
  }
}

/** One job that is to be done at some time; asked for several times, it is done at the earliest. */
export class Wakeup {
  readonly #background: Background;
  readonly #job: () => void;
  #timer: Timer | undefined = undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(background: Background, job: () => void) {
    this.#background = background;
    this.#job = job;
  }

  /** @param time of the monotonic clock, in milliseconds; one that is past means soon, an infinite one never */
  at(time: number): void {
    if (time < this.#dueAt) {
      const now = this.#background.now();
      this.#background.stop(this.#timer);
      this.#dueAt = Math.max(time, now);
      this.#timer = this.#background.after(this.#dueAt - now, () => {
        this.cancel();
        this.#job();
      });
    }
  }

  /** In that many milliseconds. */
  in(delayMs: number): void {
    this.at(this.#background.now() + delayMs);
  }

  cancel(): void {
    this.#background.stop(this.#timer);
    this.#timer = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}

function startTimer(runtime: Runtime, delayMs: number, job: () => void): Timer {
  return runtime.startTimer(delayMs, () => guarded(job));
}

function guarded(job: () => void): void {
  try {
    job();
  } catch (error) {
    logDebug('a background job failed', error);
  }
}
