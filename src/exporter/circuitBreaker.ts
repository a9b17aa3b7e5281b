import type { CircuitBreakerOptions } from '../config.js';
import { logDebug } from '../log.js';
import { lengthened, type Runtime } from '../runtime.js';
import type { BreakerSnapshot, BreakerState } from '../stats.js';

/**
 * The permission for one HTTP attempt. Settled once; whatever is called afterwards does nothing. `retryAfterMs` is
 * what the server asked for.
 */
export interface Permit {
  success(): void;
  failure(retryAfterMs?: number): void;
  /** Nothing was learned about the host's health: the permit is given back. */
  abandon(retryAfterMs?: number): void;
}

/** How long somebody else's probe is waited for before asking again. */
const PROBE_WAIT_MS = 1_000;

/**
 * Closed: attempts pass, consecutive failures are counted. Open: none pass until its time is over.
 * Half-open: one at a time passes, until enough in a row succeeded or one failed. In every state, none pass while
 * the host has asked to be left alone: the one memory of `Retry-After`.
 *
 * Intervals are measured by the monotonic clock.
 */
export class CircuitBreaker {
  readonly #name: string;
  readonly #options: Required<CircuitBreakerOptions>;
  readonly #runtime: Runtime;
  readonly #onChange: (state: BreakerState) => void;
  #state: BreakerState = 'closed';
  /** In a row: failures while closed, successes while half-open. */
  #inARow = 0;
  #probing = false;
  #openUntil = 0;
  /** The latest time that a `Retry-After` asked to wait for. */
  #notBefore = 0;
  #openSince: number | undefined = undefined;
  #transitions = 0;

  /**
   * @param name for the debug log
   * @param onChange called when the state has changed
   */
  constructor(
    name: string,
    options: Required<CircuitBreakerOptions>,
    runtime: Runtime,
    onChange: (state: BreakerState) => void = () => undefined,
  ) {
    this.#name = name;
    this.#options = options;
    this.#runtime = runtime;
    this.#onChange = onChange;
  }

  /** @returns `undefined` while nothing may be sent */
  tryAcquire(): Permit | undefined {
    if (this.retryInMs() > 0) {
      return undefined;
    }
    if (this.#state === 'open') {
      this.#enter('half-open');
    }
    if (this.#state === 'half-open') {
      this.#probing = true;
    }
    return this.#permit();
  }

  /** Milliseconds until it is worth while to ask for a permit; 0: now. */
  retryInMs(): number {
    const quietMs = this.quietMs();
    if (this.#state === 'open') {
      return Math.max(quietMs, Math.ceil(this.#openUntil - this.#runtime.now()));
    }
    return Math.max(quietMs, this.#probing ? PROBE_WAIT_MS : 0);
  }

  /** Milliseconds for which the host still wants to be left alone, by its `Retry-After`. */
  quietMs(): number {
    return this.#notBefore === 0 ? 0 : Math.max(0, Math.ceil(this.#notBefore - this.#runtime.now()));
  }

  /**
   * The host asked to be left alone for so long. It counts however late the answer comes: the server means it. A
   * little longer, since it may have told others the same moment.
   */
  heed(retryAfterMs: number | undefined): void {
    if (retryAfterMs !== undefined) {
      const waitMs = lengthened(this.#runtime, retryAfterMs);
      this.#notBefore = Math.max(this.#notBefore, this.#runtime.now() + waitMs);
    }
  }

  snapshot(): BreakerSnapshot {
    return { state: this.#state, openSince: this.#openSince, transitions: this.#transitions };
  }

  #permit(): Permit {
    // An attempt that began before the state changed says nothing about the state that it ends in.
    const era = this.#transitions;
    let settled = false;
    const settle = (retryAfterMs: number | undefined, outcome: () => void) => {
      if (settled) {
        return;
      }
      settled = true;
      this.heed(retryAfterMs);
      if (era === this.#transitions) {
        this.#probing = false;
        outcome();
      }
    };
    return {
      success: () => settle(undefined, () => this.#onSuccess()),
      failure: (retryAfterMs) => settle(retryAfterMs, () => this.#onFailure()),
      abandon: (retryAfterMs) => settle(retryAfterMs, () => {}),
    };
  }

  #onSuccess(): void {
    if (this.#state === 'closed') {
      this.#inARow = 0;
    } else if (++this.#inARow >= this.#options.successThreshold) {
      this.#enter('closed');
    }
  }

  #onFailure(): void {
    if (this.#state === 'half-open' || ++this.#inARow >= this.#options.failureThreshold) {
      this.#enter('open');
    }
  }

  #enter(state: BreakerState): void {
    logDebug(`circuit breaker of ${this.#name}: ${this.#state} -> ${state}`);
    this.#state = state;
    this.#transitions++;
    this.#inARow = 0;
    this.#probing = false;
    this.#onChange(state);
    if (state === 'open') {
      this.#openUntil = this.#runtime.now() + lengthened(this.#runtime, this.#options.openMs);
      this.#openSince ??= this.#runtime.epochNow();
    } else if (state === 'closed') {
      this.#openSince = undefined;
    }
  }
}
