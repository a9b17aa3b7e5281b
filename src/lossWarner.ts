import type { Background } from './background.js';
import { logDebug, logWarn } from './log.js';
import type { Timer } from './runtime.js';

/** At most one warning in this time. */
export const WARN_INTERVAL_MS = 60_000;
/** The first loss waits this long for others, so that a burst is reported with its size. */
export const GATHER_MS = 1_000;

/** Warns of lost records: rarely, together, with counts by reason. */
export class LossWarner {
  readonly #background: Background;
  readonly #counts = new Map<string, number>();
  #timer: Timer | undefined = undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(background: Background) {
    this.#background = background;
  }

  note(reason: string, count: number): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    if (this.#timer === undefined) {
      const rest = this.#warnedAt + WARN_INTERVAL_MS - this.#background.now();
      this.#timer = this.#background.startTimer(Math.max(GATHER_MS, rest), () => this.#report());
    }
  }

  /** Reports what has not been reported yet. Nothing may be noted afterwards. */
  close(): void {
    if (this.#timer !== undefined) {
      this.#background.stopTimer(this.#timer);
      this.#report();
    }
  }

  #report(): void {
    this.#timer = undefined;
    const text = `telemetry records lost: ${[...this.#counts].map(([reason, n]) => `${n} ${reason}`).join(', ')}`;
    this.#counts.clear();
    const now = this.#background.now();
    if (now - this.#warnedAt >= WARN_INTERVAL_MS) {
      this.#warnedAt = now;
      logWarn(text);
    } else {
      logDebug(text);
    }
  }
}
