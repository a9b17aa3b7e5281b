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
 *
 * The newest stands beside the Map until another one comes. Mostly that never happens: its inner spans and
 * its own end come first. And a Map that is filled and emptied again and again makes a new table every few
 * times, which takes longer than all the rest.
 */
export class OpenOperations {
  readonly #max: number;
  readonly #ttlMs: number;
  readonly #onIncomplete: OnIncomplete;
  /** All but the newest. */
  readonly #bySpanId = new Map<string, OpenOperation>();
  #newestId: string | undefined = undefined;
  #newest: OpenOperation | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(max: number, ttlMs: number, onIncomplete: OnIncomplete) {
    this.#max = max;
    this.#ttlMs = ttlMs + EXPIRY_MARGIN_MS;
    this.#onIncomplete = onIncomplete;
  }

  get size(): number {
    return this.#bySpanId.size + (this.#newest === undefined ? 0 : 1);
  }

  get(spanId: string): OpenOperation | undefined {
    if (spanId === this.#newestId) {
      return this.#newest;
    }
    return this.#bySpanId.size === 0 ? undefined : this.#bySpanId.get(spanId);
  }

  add(spanId: string, operation: OpenOperation): void {
    // Not where it is the same span again, of which we are told twice where we are registered twice.
    if (spanId !== this.#newestId) {
      this.#settleNewest();
    }
    if (this.#bySpanId.size >= this.#max) {
      this.#evictOldest();
    }
    this.#newestId = spanId;
    this.#newest = operation;
    if (this.#timer === undefined) {
      this.#schedule(this.#ttlMs);
    }
  }

  delete(spanId: string): boolean {
    if (spanId === this.#newestId) {
      this.#newestId = undefined;
      this.#newest = undefined;
      return true;
    }
    return this.#bySpanId.delete(spanId);
  }

  /** Removes and returns all, oldest first; stops the timer. */
  drain(): OpenOperation[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#settleNewest();
    const operations = [...this.#bySpanId.values()];
    this.#bySpanId.clear();
    return operations;
  }

  #settleNewest(): void {
    if (this.#newestId !== undefined && this.#newest !== undefined) {
      this.#bySpanId.set(this.#newestId, this.#newest);
      this.#newestId = undefined;
      this.#newest = undefined;
    }
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
    this.#settleNewest();
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
