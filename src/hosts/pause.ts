import { jittered, type Runtime } from '../runtime.js';

/** The longest backoff after failures that may pass soon. */
const MAX_BACKOFF_MS = 60_000;
const FIRST_MISDIRECTED_MS = 60_000;
const MAX_MISDIRECTED_MS = 900_000;

/** Until when a lane sends nothing, after a failure of its own. Each failure in a row doubles the wait. */
export class Pause {
  readonly #runtime: Runtime;
  readonly #firstBackoffMs: number;
  #end = 0;
  #failures = 0;
  #misdirections = 0;
  /** Whether somebody who wants a try now gets one. */
  #isYielding = false;

  /** @param firstBackoffMs the longest wait after a first failure */
  constructor(runtime: Runtime, firstBackoffMs: number) {
    this.#runtime = runtime;
    this.#firstBackoffMs = firstBackoffMs;
  }

  /** Monotonic time at which it is over. */
  get end(): number {
    return this.#end;
  }

  get isActive(): boolean {
    return this.#end > this.#runtime.now();
  }

  onSuccess(): void {
    this.#failures = 0;
    this.#misdirections = 0;
  }

  onRetryable(): void {
    const backoff = Math.min(this.#firstBackoffMs * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures++;
    this.#start(backoff * (0.5 + this.#runtime.random() / 2), true);
  }

  /** A redirect, or a path that is not there: somebody is at work on the server. */
  onMisdirected(): void {
    const wait = Math.min(FIRST_MISDIRECTED_MS * 2 ** this.#misdirections, MAX_MISDIRECTED_MS);
    this.#misdirections++;
    this.#start(jittered(this.#runtime, wait), false);
  }

  onTerminal(durationMs: number): void {
    this.#start(durationMs, false);
  }

  /** Somebody wants a try now: a backoff gives way, the other pauses do not. */
  cutShort(): void {
    if (this.#isYielding) {
      this.#end = 0;
    }
  }

  #start(durationMs: number, isYielding: boolean): void {
    this.#isYielding = isYielding;
    this.#end = this.#runtime.now() + durationMs;
  }
}
