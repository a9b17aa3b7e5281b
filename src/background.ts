import { AsyncResource } from 'node:async_hooks';
import { logDebug } from './log.js';
import { NODE_RUNTIME, type Runtime, type Timer } from './runtime.js';
import { INSTRUMENTATION_SCOPE } from './version.js';

/**
 * Runs the jobs that nobody waits for. They can't throw into their caller, and they run in the asynchronous context
 * of the start of the program. Otherwise a chain of timers would keep alive the context of the request that happened
 * to open the first connection.
 */
export interface Background extends Runtime {
  /** Runs a job now. */
  run(job: () => void): void;
}

/** A runtime with the same clock, timers and chance; jobs of its timers run in the background. */
export function backgroundOf(runtime: Runtime = NODE_RUNTIME): Background {
  const scope = new AsyncResource(INSTRUMENTATION_SCOPE);
  return {
    now: () => runtime.now(),
    epochNow: () => runtime.epochNow(),
    random: () => runtime.random(),
    startTimer: (delayMs, job, holdsProcess) =>
      scope.runInAsyncScope(() => runtime.startTimer(delayMs, () => guarded(job), holdsProcess)),
    stopTimer: (timer) => runtime.stopTimer(timer),
    afterPoll: (job) => runtime.afterPoll(job),
    run: (job) => scope.runInAsyncScope(guarded, undefined, job),
  };
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
      this.#background.stopTimer(this.#timer);
      this.#dueAt = Math.max(time, now);
      this.#timer = this.#background.startTimer(this.#dueAt - now, () => {
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
    this.#background.stopTimer(this.#timer);
    this.#timer = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}

function guarded(job: () => void): void {
  try {
    job();
  } catch (error) {
    logDebug('a background job failed', error);
  }
}
