import { AsyncResource } from 'node:async_hooks';
import { logDebug } from '../log.js';
import { jittered, NODE_RUNTIME, type Runtime, type Timer } from '../runtime.js';
import { INSTRUMENTATION_SCOPE } from '../version.js';

/** The longest backoff after failures that may pass soon. */
const MAX_BACKOFF_MS = 60_000;
const FIRST_MISDIRECTED_MS = 60_000;
const MAX_MISDIRECTED_MS = 900_000;

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

/** Until when a lane sends nothing, after a failure of its own. Each failure in a row doubles the wait. */
export class Pause {
  readonly #runtime: Runtime;
  readonly #firstBackoffMs: number;
  #end = 0;
  #failures = 0;
  #misdirections = 0;
  /** Whether somebody who wants a try now gets one. */
  #isYielding = false;

  /** @param firstBackoffMs the longest wait after a first failure */
  constructor(runtime: Runtime, firstBackoffMs: number) {
    this.#runtime = runtime;
    this.#firstBackoffMs = firstBackoffMs;
  }

  /** Monotonic time at which it is over. */
  get end(): number {
    return this.#end;
  }

  get isActive(): boolean {
    return this.#end > this.#runtime.now();
  }

  onSuccess(): void {
    this.#failures = 0;
    this.#misdirections = 0;
  }

  onRetryable(): void {
    const backoff = Math.min(this.#firstBackoffMs * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures++;
    this.#start(backoff * (0.5 + this.#runtime.random() / 2), true);
  }

  /** A redirect, or a path that is not there: somebody is at work on the server. */
  onMisdirected(): void {
    const wait = Math.min(FIRST_MISDIRECTED_MS * 2 ** this.#misdirections, MAX_MISDIRECTED_MS);
    this.#misdirections++;
    this.#start(jittered(this.#runtime, wait), false);
  }

  onTerminal(durationMs: number): void {
    this.#start(durationMs, false);
  }

  /** Somebody wants a try now: a backoff gives way, the other pauses do not. */
  cutShort(): void {
    if (this.#isYielding) {
      this.#end = 0;
    }
  }

  #start(durationMs: number, isYielding: boolean): void {
    this.#isYielding = isYielding;
    this.#end = this.#runtime.now() + durationMs;
  }
}

/**
 * One time limit for several waits. Its timer does hold the process: somebody who waits for a flush wants the
 * answer, and without it Node.js would end in the middle of an `await`.
 */
export class TimeLimit {
  readonly #runtime: Runtime;
  readonly #passed: Promise<void>;
  #timer: Timer | undefined = undefined;

  constructor(runtime: Runtime, durationMs: number) {
    this.#runtime = runtime;
    this.#passed = new Promise((resolve) => {
      this.#timer = runtime.startTimer(durationMs, resolve, true);
    });
  }

  /** Waits for the work, or for the limit if that comes first. */
  async of(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, this.#passed]);
  }

  clear(): void {
    this.#runtime.stopTimer(this.#timer);
  }
}

/** A promise that somebody else resolves. */
export class Signal {
  resolve: () => void = () => undefined;
  readonly promise = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });
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
