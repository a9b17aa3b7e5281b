import type { Runtime, Timer } from '../../src/runtime.js';

interface SimulatedTimer {
  readonly at: number;
  /** Of two at the same time the one that was started first runs first. */
  readonly rank: number;
  /** `undefined`: it was stopped. */
  job: (() => void) | undefined;
}

/**
 * A machine whose time goes by when the test says so. Chance is the same every time. Thousands of processes may
 * share one: the next timer is found without looking at all of them.
 */
export class SimulatedRuntime implements Runtime {
  #now = 1_000;
  #seed: number;
  #rank = 0;
  #running = 0;
  /** A binary heap, the next one first. What was stopped stays until its time. */
  readonly #heap: SimulatedTimer[] = [];

  constructor(seed = 1) {
    this.#seed = seed;
  }

  now(): number {
    return this.#now;
  }

  epochNow(): number {
    return 1_795_000_000_000 + this.#now;
  }

  /** Mulberry32: small, and even enough for what is done with it here. */
  random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  startTimer(delayMs: number, job: () => void): Timer {
    const timer: SimulatedTimer = { at: this.#now + Math.max(delayMs, 0), rank: this.#rank++, job };
    this.#running++;
    this.#push(timer);
    return timer;
  }

  stopTimer(timer: Timer | undefined): void {
    const stopped = timer as SimulatedTimer | undefined;
    if (stopped?.job !== undefined) {
      stopped.job = undefined;
      this.#running--;
    }
  }

  afterPoll(job: () => void): void {
    this.startTimer(0, job);
  }

  /** How many timers have not run yet. */
  get timers(): number {
    return this.#running;
  }

  async pass(durationMs: number): Promise<void> {
    const end = this.#now + durationMs;
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      const { job } = next;
      if (job !== undefined) {
        next.job = undefined;
        this.#running--;
        this.#now = Math.max(this.#now, next.at);
        job();
        await settled();
      }
    }
    this.#now = end;
  }

  #push(timer: SimulatedTimer): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, timer)) {
        break;
      }
      heap[index] = parent;
      index = above;
    }
    heap[index] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) {
      return;
    }
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [first, second] = [heap[left], heap[left + 1]];
      const isSecond = first !== undefined && second !== undefined && isBefore(second, first);
      const child = isSecond ? second : first;
      if (child === undefined || isBefore(last, child)) {
        break;
      }
      heap[index] = child;
      index = isSecond ? left + 1 : left;
    }
    heap[index] = last;
  }
}

function isBefore(one: SimulatedTimer, other: SimulatedTimer): boolean {
  return one.at < other.at || (one.at === other.at && one.rank < other.rank);
}

/** All that follows from what has happened, but for timers, is done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
