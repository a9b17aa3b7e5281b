import type { OpenOperation } from './openOperation.js';

/** Called with what left before its span ended. */
export type OnIncomplete = (operation: OpenOperation, reason: 'evicted' | 'expired') => void;

/**
 * The operations in flight by the id of their span, oldest first. It holds at most `max`, each for at
 * most `ttlMs`: what falls out is handed to `onIncomplete`.
 */
export class OpenOperations {
  readonly #max: number;
  readonly #ttlMs: number;
  readonly #onIncomplete: OnIncomplete;
  readonly #bySpanId = new Map<string, OpenOperation>();
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(max: number, ttlMs: number, onIncomplete: OnIncomplete) {
    this.#max = max;
    this.#ttlMs = ttlMs;
    this.#onIncomplete = onIncomplete;
  }

  get size(): number {
    return this.#bySpanId.size;
  }

  get(spanId: string): OpenOperation | undefined {
    return this.#bySpanId.get(spanId);
  }

  add(spanId: string, operation: OpenOperation): void {
    if (this.#bySpanId.size >= this.#max) {
      this.#evictOldest();
    }
    this.#bySpanId.set(spanId, operation);
    if (this.#timer === undefined) {
      this.#schedule(this.#ttlMs);
    }
  }

  delete(spanId: string): boolean {
    return this.#bySpanId.delete(spanId);
  }

  /** Removes and returns all, oldest first; stops the timer. */
  drain(): OpenOperation[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const operations = [...this.#bySpanId.values()];
    this.#bySpanId.clear();
    return operations;
  }

  #evictOldest(): void {
    for (const [spanId, operation] of this.#bySpanId) {
      this.#bySpanId.delete(spanId);
      this.#onIncomplete(operation, 'evicted');
      return;
    }
  }

  #expire(): void {
    this.#timer = undefined;
    const now = Math.trunc(performance.now());
    for (const [spanId, operation] of this.#bySpanId) {
      const remaining = operation.openedAt + this.#ttlMs - now;
      if (remaining > 0) {
        this.#schedule(remaining);
        return;
      }
      this.#bySpanId.delete(spanId);
      this.#onIncomplete(operation, 'expired');
    }
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => this.#expire(), delayMs);
    this.#timer.unref();
  }
}
