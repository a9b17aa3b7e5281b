import type { StatementLife } from './statementLife.js';

/**
 * Statements whose span has not ended, oldest first. An abandoned operation gives no sign, ever: what is
 * too old, or too many, is ended as incomplete.
 */
export class OpenStatements {
  readonly #bySpanId = new Map<string, StatementLife>();
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
      for (const [spanId, oldest] of this.#bySpanId) {
        this.#bySpanId.delete(spanId);
        oldest.abandon();
        break;
      }
    }
  }

  add(spanId: string, statement: StatementLife, ttlMs: number): void {
    this.#bySpanId.set(spanId, statement);
    if (this.#timer === undefined) {
      this.#schedule(ttlMs, ttlMs);
    }
  }

  delete(spanId: string): void {
    this.#bySpanId.delete(spanId);
  }

  /** Ends all as incomplete and stops the timer. */
  abandonAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [spanId, statement] of this.#bySpanId) {
      this.#bySpanId.delete(spanId);
      statement.abandon();
    }
  }

  #expire(ttlMs: number): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [spanId, statement] of this.#bySpanId) {
      const remaining = statement.startedAt + ttlMs - now;
      if (remaining > 0) {
        this.#schedule(Math.ceil(remaining), ttlMs);
        return;
      }
      this.#bySpanId.delete(spanId);
      statement.abandon();
    }
  }

  #schedule(delayMs: number, ttlMs: number): void {
    this.#timer = setTimeout(() => this.#expire(ttlMs), delayMs);
    this.#timer.unref();
  }
}
