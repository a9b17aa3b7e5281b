import { type Background, debug, monotonicNow, warn } from './background.js';

/** At most one warning in this time. */
export const WARN_INTERVAL_MS = 60_000;
/** The first loss waits this long for others, so that a burst is told of with its size. */
export const GATHER_MS = 1_000;

/** Tells of lost records: rarely, together, with counts by reason. */
export class LossWarner {
  readonly #background: Background;
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(background: Background) {
    this.#background = background;
  }

  note(reason: string, count: number): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    if (this.#timer === undefined) {
      const rest = this.#warnedAt + WARN_INTERVAL_MS - monotonicNow();
      this.#timer = this.#background.after(Math.max(GATHER_MS, rest), () => this.#tell());
    }
  }

  /** Tells of what has not been told yet. Nothing may be noted afterwards. */
  close(): void {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#tell();
    }
  }

  #tell(): void {
    this.#timer = undefined;
    const text = `telemetry records lost: ${[...this.#counts].map(([reason, n]) => `${n} ${reason}`).join(', ')}`;
    this.#counts.clear();
    const now = monotonicNow();
    if (now - this.#warnedAt >= WARN_INTERVAL_MS) {
      this.#warnedAt = now;
      warn(text);
    } else {
      debug(text);
    }
  }
}
