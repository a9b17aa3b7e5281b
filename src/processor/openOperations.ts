import type { OpenOperation } from './openOperation.js';

/**
 * Whoever makes the spans may have the same time to live for them, and tells more by ending them: that goes
 * first.
 */
const EXPIRY_MARGIN_MS = 1_000;
/** The longest interval that a timer of Node.js takes. */
const MAX_TIMER_MS = 2_147_483_647;

/** Called with what left before its span ended. */
export type OnIncomplete = (operation: OpenOperation, reason: 'evicted' | 'expired') => void;

/**
 * The operations in flight by the id of their span, oldest first. It holds at most `max`, each for
 * `ttlMs` and a little more: what falls out is handed to `onIncomplete`.
 */
export class OpenOperations {
  readonly #max: number;
  readonly #ttlMs: number;
  readonly #onIncomplete: OnIncomplete;
  readonly #bySpanId = new Map<string, OpenOperation>();
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(max: number, ttlMs: number, onIncomplete: OnIncomplete) {
    this.#max = max;
    this.#ttlMs = ttlMs + EXPIRY_MARGIN_MS;
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
    this.#timer = setTimeout(() => this.#expire(), Math.min(delayMs, MAX_TIMER_MS));
    this.#timer.unref();
  }
}
