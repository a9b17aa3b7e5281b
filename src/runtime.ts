/** The longest interval that a timer of Node.js takes. */
const MAX_TIMER_MS = 2_147_483_647;
/** The most that `lengthened` adds. */
const LONGEST_EXTRA_MS = 60_000;
/** In how many steps a deadline goes by. */
const DEADLINE_STEPS = 10;

/** A timer that has been started. */
export type Timer = object;

/**
 * Clock, timers and chance: all that the sending of records takes from the machine, besides the network. Tests
 * and simulations give their own.
 */
export interface Runtime {
  /** Milliseconds of a clock that nobody sets. */
  now(): number;
  /** Epoch milliseconds. */
  epochNow(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Starts a timer. Unless it is to, it does not hold the process. */
  startTimer(delayMs: number, job: () => void, holdsProcess?: boolean): Timer;
  stopTimer(timer: Timer | undefined): void;
  /** Does the job when what has come in over the network by now has been handled. */
  afterPoll(job: () => void): void;
}

/** The machine itself. */
export const NODE_RUNTIME: Runtime = {
  now: () => performance.now(),
  epochNow: () => Date.now(),
  random: () => Math.random(),
  startTimer: (delayMs, job, holdsProcess = false) => {
    const timer = setTimeout(job, Math.min(delayMs, MAX_TIMER_MS));
    return holdsProcess ? timer : timer.unref();
  },
  stopTimer: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
  // Unlike an unref'd timer, this one holds the process, until the event loop has come round once.
  afterPoll: (job) => setImmediate(job),
};

/** A time limit that has begun. */
export interface Deadline {
  /** Ends it. Idempotent. */
  cancel(): void;
}

/**
 * Calls back when the time is over. A busy event loop delays timers, and what the network has brought in the
 * meantime is handled after them. So the time goes by in steps, and after each one the network is looked at:
 * a blocked loop costs one step, however long the block is.
 */
export function startDeadline(runtime: Runtime, durationMs: number, onPassed: () => void): Deadline {
  const stepMs = durationMs / DEADLINE_STEPS;
  let stepsLeft = DEADLINE_STEPS;
  let isOver = false;
  let timer: Timer | undefined;
  const onPoll = (): void => {
    if (isOver) {
      return;
    }
    stepsLeft--;
    if (stepsLeft > 0) {
      timer = runtime.startTimer(stepMs, onTimer);
    } else {
      isOver = true;
      onPassed();
    }
  };
  const onTimer = (): void => runtime.afterPoll(onPoll);
  timer = runtime.startTimer(stepMs, onTimer);
  return {
    cancel: () => {
      isOver = true;
      runtime.stopTimer(timer);
    },
  };
}

/** The delay, up to a fifth shorter or longer, so that many processes do not act in step. */
export function jittered(runtime: Runtime, delayMs: number): number {
  return delayMs * (0.8 + 0.4 * runtime.random());
}

/**
 * The delay, up to a quarter and a minute longer: for a wait that must not be shorter, and that ends for many
 * processes at the same moment, as after a `Retry-After` that all of them got.
 */
export function lengthened(runtime: Runtime, delayMs: number): number {
  return delayMs + runtime.random() * Math.min(delayMs / 4, LONGEST_EXTRA_MS);
}
