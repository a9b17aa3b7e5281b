import { TransientMap } from '../transientMap.js';
import type { OpenOperation } from './openOperation.js';

/**
 * Whoever makes the spans may have the same time to live for them, and tells more by ending them: that goes
 * first.
 */
const EXPIRY_MARGIN_MS = 1_000;
/** Ages are known to this fraction of the time to live, without a clock reading per operation. */
const AGE_STEPS = 16;

/** Called with what left before its span ended. */
export type OnIncomplete = (operation: OpenOperation, reason: 'evicted' | 'expired') => void;

/**
 * The operations in flight by the id of their span, oldest first. It holds at most `max`, each for
 * `ttlMs` and up to a tenth more: what falls out is handed to `onIncomplete`.
 */
export class OpenOperations {
  readonly #max: number;
  readonly #stepMs: number;
  readonly #onIncomplete: OnIncomplete;
  readonly #bySpanId = new TransientMap<OpenOperation>();
  /** How many steps there have been. */
  #step = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(max: number, ttlMs: number, onIncomplete: OnIncomplete) {
    this.#max = max;
    this.#stepMs = Math.ceil((ttlMs + EXPIRY_MARGIN_MS) / AGE_STEPS);
    this.#onIncomplete = onIncomplete;
  }

  get size(): number {
    return this.#bySpanId.size;
  }

  get(spanId: string): OpenOperation | undefined {
    return this.#bySpanId.get(spanId);
  }

  add(operation: OpenOperation): void {
    // Where we are registered twice, we are told of each span twice, one right after the other.
    if (this.#bySpanId.newest?.key === operation.key) {
      return;
    }
    if (this.#bySpanId.size >= this.#max) {
      this.#dropOldest('evicted');
    }
    operation.openedAtStep = this.#step;
    this.#bySpanId.add(operation);
    if (this.#timer === undefined) {
      this.#schedule();
    }
  }

  /** Removes one that is there. */
  remove(operation: OpenOperation): void {
    this.#bySpanId.remove(operation);
  }

  /** Removes and returns all, oldest first; stops the timer. */
  drain(): OpenOperation[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const operations: OpenOperation[] = [];
    for (let { oldest } = this.#bySpanId; oldest !== undefined; oldest = this.#bySpanId.oldest) {
      this.#bySpanId.remove(oldest);
      operations.push(oldest);
    }
    return operations;
  }

  #dropOldest(reason: 'evicted' | 'expired'): void {
    const { oldest } = this.#bySpanId;
    if (oldest !== undefined) {
      this.#bySpanId.remove(oldest);
      this.#onIncomplete(oldest, reason);
    }
  }

  #onStep(): void {
    this.#timer = undefined;
    this.#step++;
    for (let { oldest } = this.#bySpanId; oldest !== undefined; oldest = this.#bySpanId.oldest) {
      if (this.#step - oldest.openedAtStep <= AGE_STEPS) {
        this.#schedule();
        return;
      }
      this.#dropOldest('expired');
    }
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#onStep(), this.#stepMs);
    this.#timer.unref();
  }
}
