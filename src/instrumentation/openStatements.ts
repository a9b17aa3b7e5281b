import { TransientMap } from '../transientMap.js';
import type { StatementLife } from './statementLife.js';

/**
 * Statements whose span has not ended, oldest first. An abandoned operation gives no sign, ever: what is
 * too old, or too many, is ended as incomplete.
 */
export class OpenStatements {
  readonly #bySpanId = new TransientMap<StatementLife>();
  #timer: NodeJS.Timeout | undefined = undefined;

  get size(): number {
    return this.#bySpanId.size;
  }

  get(spanId: string): StatementLife | undefined {
    return this.#bySpanId.get(spanId);
  }

  /** Ends the oldest where there are `max`, before another one starts: who counts spans never sees too many. */
  makeRoom(max: number): void {
    while (this.#bySpanId.size >= max) {
      this.#abandonOldest();
    }
  }

  add(statement: StatementLife, ttlMs: number): void {
    this.#bySpanId.add(statement);
    if (this.#timer === undefined) {
      this.#schedule(ttlMs, ttlMs);
    }
  }

  /** Removes one, if it is there. */
  remove(statement: StatementLife): void {
    this.#bySpanId.remove(statement);
  }

  /** Ends all as incomplete and stops the timer. */
  abandonAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#bySpanId.size > 0) {
      this.#abandonOldest();
    }
  }

  #abandonOldest(): void {
    const { oldest } = this.#bySpanId;
    if (oldest !== undefined) {
      this.#bySpanId.remove(oldest);
      oldest.abandon();
    }
  }

  #expire(ttlMs: number): void {
    this.#timer = undefined;
    const now = performance.now();
    for (let { oldest } = this.#bySpanId; oldest !== undefined; oldest = this.#bySpanId.oldest) {
      const remaining = oldest.startedAt + ttlMs - now;
      if (remaining > 0) {
        this.#schedule(Math.ceil(remaining), ttlMs);
        return;
      }
      this.#abandonOldest();
    }
  }

  #schedule(delayMs: number, ttlMs: number): void {
    this.#timer = setTimeout(() => this.#expire(ttlMs), delayMs);
    this.#timer.unref();
  }
}
