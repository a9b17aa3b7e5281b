import type { FlagResult } from '../exporter/contract.js';
import { jittered, type Runtime } from '../runtime.js';

const SECOND_MS = 1_000;
/** Seconds from one question to the next while there is no answer: the last one again and again. */
const RETRY_S = [1, 2, 4, 8, 15, 30, 60];
const MAX_RETRY_S = 60;
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
    this.#failures = 0;
    // Shorter by up to a quarter while it is on: processes that start together don't go on asking together.
    const share = isEnabled ? 1 - this.#runtime.random() / 4 : 1;
    this.#wait(clampTtl(ttlSeconds) * SECOND_MS * share);
  }

  onFailure(result: FlagFailure): void {
    if (result.outcome === 'blocked') {
      this.#isOwnWait = false;
      this.#wait(result.retryInMs + jittered(this.#runtime, SECOND_MS));
      return;
    }
    const ownMs = (RETRY_S[this.#failures] ?? MAX_RETRY_S) * SECOND_MS;
    this.#failures++;
    const askedMs = result.outcome === 'failure' ? (result.retryAfterMs ?? 0) : 0;
    this.#isOwnWait = askedMs === 0;
    this.#wait(Math.max(jittered(this.#runtime, ownMs), askedMs));
  }

  /** Somebody wants an answer now: a wait of our own choice is over. */
  hurry(): void {
    const now = this.#runtime.now();
    if (this.#isOwnWait && now >= this.#askedAt + MIN_GAP_MS) {
      this.#askAt = Math.min(this.#askAt, now);
    }
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
