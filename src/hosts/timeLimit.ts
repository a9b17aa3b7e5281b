import type { Runtime, Timer } from '../runtime.js';

/**
 * One time limit for several waits. Its timer keeps the process alive: without it Node.js would end in the middle of
 * `await forceFlush()`.
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
