import type { FlagResult } from '../exporter/contract.js';
import { jittered, type Runtime } from '../runtime.js';

const SECOND_MS = 1_000;
/** Seconds from one question to the next while there is no answer: the last one again and again. */
const RETRY_S = [1, 2, 4, 8, 15, 30, 60];
const MAX_RETRY_S = 60;
/** A known answer that can't be renewed is asked for again after this part of its interval. */
const REFRESH_RETRY_PART = 1 / 3;
/** An interval is shortened by chance while the flag is on, and lengthened while it is off, by this part at most. */
const FIRST_SPREAD = 2 / 3;
const SPREAD = 1 / 4;
/** A flush may ask before its time, but not sooner after the last question. */
const MIN_GAP_MS = 1_000;
const DEFAULT_TTL_S = 900;
const MIN_TTL_S = 60;
const MAX_TTL_S = 3_600;

/** What asking came to, when it was not an answer. */
export type FlagFailure = Exclude<FlagResult, { outcome: 'answer' | 'unauthorized' }>;

/** When the feature flag is asked for. */
export class FlagTimes {
  readonly #runtime: Runtime;
  #askAt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  /** Of the latest answer, in milliseconds; `undefined`: there has been none. */
  #intervalMs: number | undefined = undefined;
  /** Whether the wait is of our own choice. */
  #isOwnWait = true;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Monotonic time of the next question; 0: none has been settled. */
  get askAt(): number {
    return this.#askAt;
  }

  get isDue(): boolean {
    return this.#askAt <= this.#runtime.now();
  }

  onAsked(): void {
    this.#askedAt = this.#runtime.now();
  }

  onAnswer(isEnabled: boolean, ttlSeconds: number | undefined): void {
    const maxSpread = this.#intervalMs === undefined ? FIRST_SPREAD : SPREAD;
    this.#failures = 0;
    this.#intervalMs = clampTtl(ttlSeconds) * SECOND_MS;
    // Processes that start together are not to go on asking together. Shorter while it is on, so that a switch-off
    // comes in time; longer while it is off, so that nobody asks twice in an interval.
    const spread = this.#runtime.random() * maxSpread;
    this.#wait(this.#intervalMs * (isEnabled ? 1 - spread : 1 + spread));
  }

  onFailure(result: FlagFailure): void {
    if (result.outcome === 'blocked') {
      this.#isOwnWait = false;
      this.#wait(result.retryInMs + this.#spreadMs());
      return;
    }
    const ownMs = this.#retryMs();
    this.#failures++;
    const askedMs = result.outcome === 'failure' ? (result.retryAfterMs ?? 0) : 0;
    this.#isOwnWait = askedMs === 0;
    const waitMs = jittered(this.#runtime, ownMs);
    this.#wait(askedMs === 0 ? waitMs : Math.max(waitMs, askedMs + this.#spreadMs()));
  }

  /** Nothing can be asked for so long. @returns whether the next question waits for it */
  postpone(durationMs: number): boolean {
    const isSooner = this.#askAt < this.#runtime.now() + durationMs;
    if (isSooner) {
      this.#wait(durationMs + this.#spreadMs());
    }
    return isSooner;
  }

  /** Somebody wants an answer now: a wait of our own choice is over. */
  hurry(): void {
    const now = this.#runtime.now();
    if (this.#isOwnWait && now >= this.#askedAt + MIN_GAP_MS) {
      this.#askAt = Math.min(this.#askAt, now);
    }
  }

  /** With an answer there is time. Otherwise the whole fleet would ask within a minute after an outage. */
  #retryMs(): number {
    return this.#intervalMs === undefined
      ? (RETRY_S[this.#failures] ?? MAX_RETRY_S) * SECOND_MS
      : this.#intervalMs * REFRESH_RETRY_PART;
  }

  /** After a wait that ends for many processes at the same moment. */
  #spreadMs(): number {
    return this.#intervalMs === undefined
      ? jittered(this.#runtime, SECOND_MS)
      : this.#runtime.random() * this.#intervalMs * REFRESH_RETRY_PART;
  }

  #wait(durationMs: number): void {
    this.#askAt = this.#runtime.now() + durationMs;
  }
}

function clampTtl(ttlSeconds: number | undefined): number {
  if (ttlSeconds === undefined || !Number.isFinite(ttlSeconds)) {
    return DEFAULT_TTL_S;
  }
  return Math.min(Math.max(ttlSeconds, MIN_TTL_S), MAX_TTL_S);
}
