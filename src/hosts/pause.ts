import { monotonicNow } from './background.js';

/** The longest wait that we choose ourselves; the server may ask for more. */
const MAX_BACKOFF_MS = 60_000;
/** Credentials that change with every request don't make us knock with every request. */
export const CREDENTIALS_GAP_MS = 1_000;

/** Why a lane waits: by our own choice, for other credentials, or because the server said so. */
type Reason = 'backoff' | 'credentials' | 'server';

/** Until when a lane sends nothing. */
export class Pause {
  readonly #baseMs: number;
  #reason: Reason = 'backoff';
  #begin = 0;
  #end = 0;
  #failures = 0;
  #credentialsChangedAt = Number.NEGATIVE_INFINITY;

  /** @param baseMs the first backoff; it doubles with every failure in a row */
  constructor(baseMs: number) {
    this.#baseMs = baseMs;
  }

  /** Monotonic time at which it is over. */
  get end(): number {
    return this.#end;
  }

  get isActive(): boolean {
    return this.#end > monotonicNow();
  }

  onSuccess(): void {
    this.#failures = 0;
  }

  onRetryable(retryAfterMs: number | undefined): void {
    const backoff = Math.min(this.#baseMs * 2 ** this.#failures, MAX_BACKOFF_MS);
    this.#failures++;
    const jittered = backoff * (0.5 + Math.random() / 2);
    if (retryAfterMs === undefined) {
      this.#start('backoff', jittered);
    } else {
      this.#start('server', Math.max(jittered, retryAfterMs));
    }
  }

  onTerminal(pauseMs: number): void {
    this.#start('server', pauseMs);
  }

  /** @param sentAt monotonic time at which the refused request was begun */
  onUnauthorized(pauseMs: number, sentAt: number): void {
    this.#start('credentials', pauseMs);
    if (this.#credentialsChangedAt > sentAt) {
      this.onCredentials();
    }
  }

  /** Other credentials are there. @returns whether that makes the pause shorter */
  onCredentials(): boolean {
    this.#credentialsChangedAt = monotonicNow();
    const end = this.#begin + CREDENTIALS_GAP_MS;
    if (this.#reason !== 'credentials' || end >= this.#end) {
      return false;
    }
    this.#end = end;
    return true;
  }

  /** Somebody wants a try now: our own backoff gives way, what others asked for does not. */
  cutShort(): void {
    if (this.#reason === 'backoff') {
      this.#end = 0;
    }
  }

  #start(reason: Reason, durationMs: number): void {
    this.#reason = reason;
    this.#begin = monotonicNow();
    this.#end = this.#begin + durationMs;
  }
}
