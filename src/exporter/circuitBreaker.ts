import type { CircuitBreakerOptions } from '../config.js';
import type { BreakerSnapshot, BreakerState } from './contract.js';
import { debugLog } from './quietly.js';

/** Leave for one HTTP attempt. Settled once; whatever is called afterwards does nothing. */
export interface Permit {
  success(): void;
  /** @param retryAfterMs what the server asked for; extends the time for which the breaker is open */
  failure(retryAfterMs?: number): void;
  /** Nothing was learned about the host's health: the permit is given back. */
  abandon(): void;
}

/** How long somebody else's probe is waited for before asking again. */
const PROBE_WAIT_MS = 1_000;

/**
 * Closed: attempts pass, consecutive failures are counted. Open: none pass until its time is over.
 * Half-open: one at a time passes, until enough in a row succeeded or one failed.
 *
 * Intervals are measured by the monotonic clock.
 */
export class CircuitBreaker {
  readonly #name: string;
  readonly #options: Required<CircuitBreakerOptions>;
  #state: BreakerState = 'closed';
  /** In a row: failures while closed, successes while half-open. */
  #inARow = 0;
  #probing = false;
  #openUntil = 0;
  /** The latest time that a `Retry-After` asked to wait for. */
  #notBefore = 0;
  #openSince: number | undefined;
  #transitions = 0;

  /** @param name for the debug log */
  constructor(name: string, options: Required<CircuitBreakerOptions>) {
    this.#name = name;
    this.#options = options;
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
    if (this.#state === 'open') {
      return Math.max(0, Math.ceil(this.#openUntil - performance.now()));
    }
    return this.#probing ? PROBE_WAIT_MS : 0;
  }

  snapshot(): BreakerSnapshot {
    return { state: this.#state, openSince: this.#openSince, transitions: this.#transitions };
  }

  #permit(): Permit {
    // An attempt that began before the state changed says nothing about the state that it ends in.
    const era = this.#transitions;
    let settled = false;
    const settle = (outcome: () => void) => {
      if (settled) {
        return;
      }
      settled = true;
      if (era === this.#transitions) {
        this.#probing = false;
        outcome();
      }
    };
    return {
      success: () => settle(() => this.#onSuccess()),
      failure: (retryAfterMs) => {
        if (!settled) {
          this.#heed(retryAfterMs);
        }
        settle(() => this.#onFailure());
      },
      abandon: () => settle(() => {}),
    };
  }

  #onSuccess(): void {
    this.#notBefore = 0;
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

  /** `Retry-After` counts from any attempt, however late it ends: the server means it. */
  #heed(retryAfterMs: number | undefined): void {
    if (retryAfterMs !== undefined) {
      this.#notBefore = Math.max(this.#notBefore, performance.now() + retryAfterMs);
      this.#openUntil = Math.max(this.#openUntil, this.#notBefore);
    }
  }

  #enter(state: BreakerState): void {
    debugLog(`circuit breaker of ${this.#name}: ${this.#state} -> ${state}`);
    this.#state = state;
    this.#transitions++;
    this.#inARow = 0;
    this.#probing = false;
    if (state === 'open') {
      this.#openUntil = Math.max(performance.now() + this.#options.openMs, this.#notBefore);
      this.#openSince ??= Date.now();
    } else if (state === 'closed') {
      this.#openSince = undefined;
    }
  }
}
