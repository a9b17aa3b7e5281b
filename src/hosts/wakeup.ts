import { type Background, monotonicNow } from './background.js';

/** One job that is to be done at some time; asked for several times, it is done at the earliest. */
export class Wakeup {
  readonly #background: Background;
  readonly #job: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(background: Background, job: () => void) {
    this.#background = background;
    this.#job = job;
  }

  /** Monotonic time at which it is done; infinite if it isn't to be done. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** @param time of the monotonic clock, in milliseconds; one that is past means soon */
  at(time: number): void {
    const now = monotonicNow();
    const dueAt = Math.max(time, now);
    if (dueAt < this.#dueAt) {
      clearTimeout(this.#timer);
      this.#dueAt = dueAt;
      this.#timer = this.#background.after(dueAt - now, () => {
        this.cancel();
        this.#job();
      });
    }
  }

  /** In that many milliseconds. */
  in(delayMs: number): void {
    this.at(monotonicNow() + delayMs);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}
