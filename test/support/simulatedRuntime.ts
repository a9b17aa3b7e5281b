import type { Runtime, Timer } from '../../src/runtime.js';

interface SimulatedTimer {
  readonly at: number;
  readonly job: () => void;
}

/** A machine whose time goes by when the test says so. Chance is the same every time. */
export class SimulatedRuntime implements Runtime {
  #now = 1_000;
  #seed: number;
  readonly #timers = new Set<SimulatedTimer>();

  constructor(seed = 1) {
    this.#seed = seed;
  }

  now(): number {
    return this.#now;
  }

  epochNow(): number {
    return 1_795_000_000_000 + this.#now;
  }

  random(): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#seed / 2 ** 31;
  }

  startTimer(delayMs: number, job: () => void): Timer {
    const timer = { at: this.#now + Math.max(delayMs, 0), job };
    this.#timers.add(timer);
    return timer;
  }

  stopTimer(timer: Timer | undefined): void {
    this.#timers.delete(timer as SimulatedTimer);
  }

  afterPoll(job: () => void): void {
    this.startTimer(0, job);
  }

  /** How many timers have not run yet. */
  get timers(): number {
    return this.#timers.size;
  }

  async pass(durationMs: number): Promise<void> {
    const end = this.#now + durationMs;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.job();
      await settled();
    }
    this.#now = end;
  }

  #next(end: number): SimulatedTimer | undefined {
    let next: SimulatedTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) {
        next = timer;
      }
    }
    return next;
  }
}

/** All that follows from what has happened, but for timers, is done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
