import { type TransientEntry, TransientMap } from './transientMap.js';

/** Ages are known to this fraction of the time to live, without a reading of the clock per entry. */
const AGE_STEPS = 16;

/**
 * What an `InFlight` holds. Its key is the id of a span. No base class: two of them took a fifth of what the processor
 * adds to a span.
 */
export interface InFlightEntry extends TransientEntry {
  /** Set by `InFlight`. */
  openedAtStep: number;
}

/** Why an entry left before its own end. */
export type FallOutReason = 'evicted' | 'expired';

/**
 * What has begun and not ended, by the id of its span, oldest first. An abandoned operation gives no sign, ever:
 * what is too old, or too many, falls out and is handed to `onFallOut`.
 *
 * There are two of these, with caps each. The instrumentation ends the spans of statements that nobody closes,
 * also where no processor of ours is registered. The processor makes records of what never ends, also where
 * the spans are those of somebody else's driver.
 */
export class InFlight<Entry extends InFlightEntry> {
  readonly #onFallOut: (entry: Entry, reason: FallOutReason) => void;
  readonly #bySpanId = new TransientMap<Entry>();
  /** How many steps there have been. */
  #step = 0;
  #ttlMs = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(onFallOut: (entry: Entry, reason: FallOutReason) => void) {
    this.#onFallOut = onFallOut;
  }

  get size(): number {
    return this.#bySpanId.size;
  }

  get newest(): Entry | undefined {
    return this.#bySpanId.newest;
  }

  get(spanId: string): Entry | undefined {
    return this.#bySpanId.get(spanId);
  }

  /** Lets the oldest fall out where there are `max`, so that there is room for one more. */
  makeRoom(max: number): void {
    while (this.#bySpanId.size >= max) {
      this.#dropOldest('evicted');
    }
  }

  /**
   * Adds one that is not there yet.
   *
   * @param ttlMs milliseconds after which it falls out, or up to a tenth more; counts for all that are there
   */
  add(entry: Entry, ttlMs: number): void {
    entry.openedAtStep = this.#step;
    this.#ttlMs = ttlMs;
    this.#bySpanId.add(entry);
    if (this.#timer === undefined) {
      this.#schedule();
    }
  }

  /** Removes one, if it is there. */
  remove(entry: Entry): void {
    this.#bySpanId.remove(entry);
  }

  /** Removes and returns all, oldest first; stops the timer. */
  drain(): Entry[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries: Entry[] = [];
    for (let { oldest } = this.#bySpanId; oldest !== undefined; oldest = this.#bySpanId.oldest) {
      this.#bySpanId.remove(oldest);
      entries.push(oldest);
    }
    return entries;
  }

  #dropOldest(reason: FallOutReason): void {
    const { oldest } = this.#bySpanId;
    if (oldest !== undefined) {
      this.#bySpanId.remove(oldest);
      this.#onFallOut(oldest, reason);
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
    this.#timer = setTimeout(() => this.#onStep(), Math.ceil(this.#ttlMs / AGE_STEPS));
    this.#timer.unref();
  }
}
