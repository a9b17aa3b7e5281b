import type { CredentialHeaders } from '../connectionHandle.js';
import type { ExportDestination, FlagResult, HostExporter } from '../exporter/contract.js';
import { logDebug } from '../log.js';
import { jittered, startDeadline } from '../runtime.js';
import type { Counters, DropReason } from './counters.js';
import type { Credentials } from './credentials.js';
import type { FlagState, FlagStats } from './stats.js';
import { type Background, Wakeup } from './timing.js';

const SECOND_MS = 1_000;
/** How long an answer is waited for, a token provider's included. */
export const FLAG_TIMEOUT_MS = 10_000;
/** Seconds from one question to the next while there is no answer: the last one again and again. */
const RETRY_S = [1, 2, 4, 8, 15, 30, 60];
const MAX_RETRY_S = 60;
/** A known answer that can't be renewed is asked for again after this part of its interval. */
const REFRESH_RETRY_PART = 1 / 3;
/** By which part of an interval chance changes it, at the first answer and later. */
const FIRST_SPREAD = 2 / 3;
const SPREAD = 1 / 4;
/** A flush may ask before its time, but not sooner after the last question. */
const MIN_GAP_MS = 1_000;
const DEFAULT_TTL_S = 900;
const MIN_TTL_S = 60;
const MAX_TTL_S = 3_600;

/** What asking came to. */
export type FlagOutcome =
  | { readonly kind: 'enabled' | 'disabled' }
  /** Nothing is known, and nothing is asked before that monotonic time. */
  | { readonly kind: 'later'; readonly at: number }
  /** These credentials may not be tried for now. */
  | { readonly kind: 'unauthorized' };

/** Who asks, and as whom. */
export interface FlagAsker {
  readonly destination: ExportDestination;
  readonly credentials: Credentials;
}

export interface FlagServices {
  readonly exporter: HostExporter;
  readonly background: Background;
  readonly counters: Counters;
}

/**
 * The server's feature flag for one org and driver version at one host. Lanes ask when they have something due,
 * each with its own credentials, and share one request at a time. A refusal of credentials is no answer: who asks
 * next, asks with its own.
 */
export class FeatureFlag {
  readonly orgId: string | undefined;
  readonly driverVersion: string;
  readonly #services: FlagServices;
  readonly #closed = new AbortController();
  /** Turns `isOff` off, so that there is something to ask for again. */
  readonly #offEnd: Wakeup;
  #state: FlagState = 'unknown';
  #isOff = false;
  #request: Promise<unknown> | undefined = undefined;
  /** Monotonic time of the next question. */
  #askAt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Epoch milliseconds. */
  #answeredAt: number | undefined = undefined;
  #failures = 0;
  /** Of the latest answer. Milliseconds. */
  #intervalMs = 0;
  /** Whether the wait is of our own choice. */
  #isOwnWait = true;

  constructor(orgId: string | undefined, driverVersion: string, services: FlagServices) {
    this.orgId = orgId;
    this.driverVersion = driverVersion;
    this.#services = services;
    this.#offEnd = new Wakeup(services.background, () => {
      this.#isOff = false;
    });
  }

  get state(): FlagState {
    return this.#state;
  }

  /** The answer that still counts; `undefined`: it has to be asked for. */
  get answer(): 'enabled' | 'disabled' | undefined {
    return this.#state === 'unknown' || this.#askAt <= this.#services.background.now()
      ? undefined
      : this.#state;
  }

  /** Why records are not even queued, if they are not. The hot path. */
  get refusal(): DropReason | undefined {
    return this.#isOff ? 'flag_disabled' : undefined;
  }

  /** Monotonic time of the next question; what is past means that the next one who asks gets it asked. */
  get askAt(): number {
    return this.#askAt;
  }

  /** Whether an answer is awaited. */
  get isAsking(): boolean {
    return this.#request !== undefined;
  }

  /** Asks if need be. Never rejects. */
  async ask(asker: FlagAsker): Promise<FlagOutcome> {
    for (;;) {
      if (this.#askAt > this.#services.background.now()) {
        return this.#state === 'unknown' ? { kind: 'later', at: this.#askAt } : { kind: this.#state };
      }
      if (this.#closed.signal.aborted) {
        return { kind: 'later', at: Number.POSITIVE_INFINITY };
      }
      if (this.#request !== undefined) {
        await this.#request;
        continue;
      }
      const request = this.#ask(asker).finally(() => {
        this.#request = undefined;
      });
      this.#request = request;
      if ((await request) === 'unauthorized') {
        return { kind: 'unauthorized' };
      }
    }
  }

  /** Somebody wants an answer now: a wait of our own choice is over. */
  hurry(): void {
    const now = this.#services.background.now();
    if (this.#isOwnWait && this.#state === 'unknown' && now >= this.#askedAt + MIN_GAP_MS) {
      this.#askAt = Math.min(this.#askAt, now);
    }
  }

  /** Nothing may be sent to the host for so long: a known answer is not renewed at the end of it by everybody. */
  postpone(durationMs: number): void {
    if (this.#state !== 'unknown' && this.#askAt < this.#services.background.now() + durationMs) {
      this.#setAskAt(durationMs + this.#spreadMs());
    }
  }

  stats(): FlagStats {
    const { runtime } = this.#services.background;
    return {
      orgId: this.orgId,
      driverVersion: this.driverVersion,
      state: this.#state,
      answeredAt: this.#answeredAt,
      nextRequestAt:
        this.#askAt === 0 ? undefined : Math.round(runtime.epochNow() + this.#askAt - runtime.now()),
    };
  }

  close(): void {
    this.#offEnd.cancel();
    this.#closed.abort();
  }

  /** One question, within its time. */
  async #ask(asker: FlagAsker): Promise<'settled' | 'unauthorized'> {
    const { exporter, background } = this.#services;
    const round = new AbortController();
    const stop = (): void => round.abort();
    this.#closed.signal.addEventListener('abort', stop);
    const deadline = startDeadline(background.runtime, FLAG_TIMEOUT_MS, stop);
    try {
      const needsCredentials = exporter.needsCredentials.flag;
      const credentials = needsCredentials ? await asker.credentials.get(round.signal) : undefined;
      if (needsCredentials && credentials === undefined && !round.signal.aborted) {
        return 'unauthorized';
      }
      return await this.#fetch(asker, credentials, round.signal);
    } catch (error) {
      logDebug('the feature flag could not be asked for', error);
      this.#onFailure({ outcome: 'failure', error: 'internal' });
      return 'settled';
    } finally {
      deadline.cancel();
      this.#closed.signal.removeEventListener('abort', stop);
    }
  }

  async #fetch(
    { destination, credentials: source }: FlagAsker,
    credentials: CredentialHeaders | undefined,
    signal: AbortSignal,
  ): Promise<'settled' | 'unauthorized'> {
    const { exporter, background } = this.#services;
    this.#askedAt = background.now();
    const { driverVersion } = this;
    const result: FlagResult = signal.aborted
      ? { outcome: 'aborted' }
      : await exporter.fetchFeatureFlag({ destination, credentials, driverVersion }, signal);
    if (this.#closed.signal.aborted) {
      return 'settled';
    }
    if (result.outcome === 'unauthorized') {
      this.#services.counters.flagFetches.failed++;
      logDebug('the feature flag could not be had: the credentials were refused');
      if (credentials !== undefined) {
        source.refuse(credentials);
      }
      return 'unauthorized';
    }
    if (result.outcome === 'answer') {
      if (credentials !== undefined) {
        source.accept(credentials);
      }
      this.#onAnswer(result.enabled, result.ttlSeconds);
    } else {
      this.#onFailure(result);
    }
    return 'settled';
  }

  #onAnswer(isEnabled: boolean, ttlSeconds: number | undefined): void {
    const { background, counters } = this.#services;
    const { runtime } = background;
    const state = isEnabled ? 'enabled' : 'disabled';
    const isFirst = this.#state === 'unknown';
    counters.flagFetches[state]++;
    if (state !== this.#state) {
      logDebug(`feature flag: ${this.#state} -> ${state}`);
    }
    this.#state = state;
    this.#failures = 0;
    this.#answeredAt = runtime.epochNow();
    this.#intervalMs = clampTtl(ttlSeconds) * SECOND_MS;
    // Processes that start together are not to go on asking together. Shorter while it is on, so that a switch-off
    // comes in time; longer while it is off, so that nobody asks twice in an interval.
    const spread = runtime.random() * (isFirst ? FIRST_SPREAD : SPREAD);
    this.#setAskAt(this.#intervalMs * (isEnabled ? 1 - spread : 1 + spread));
  }

  /** The last good answer stays, until the next question and after it. */
  #onFailure(result: Exclude<FlagResult, { outcome: 'answer' | 'unauthorized' }>): void {
    logDebug(`the feature flag could not be had: ${'error' in result ? result.error : result.outcome}`);
    if (result.outcome === 'blocked') {
      this.#isOwnWait = false;
      this.#setAskAt(result.retryInMs + this.#spreadMs());
      return;
    }
    this.#services.counters.flagFetches.failed++;
    const ownMs = this.#retryMs();
    this.#failures++;
    const askedMs = result.outcome === 'failure' ? (result.retryAfterMs ?? 0) : 0;
    this.#isOwnWait = askedMs === 0;
    const waitMs = jittered(this.#services.background.runtime, ownMs);
    this.#setAskAt(askedMs === 0 ? waitMs : Math.max(waitMs, askedMs + this.#spreadMs()));
  }

  /** Whoever has an answer can wait; else the whole fleet would ask within a minute after an outage. */
  #retryMs(): number {
    return this.#state === 'unknown'
      ? (RETRY_S[this.#failures] ?? MAX_RETRY_S) * SECOND_MS
      : this.#intervalMs * REFRESH_RETRY_PART;
  }

  /** After a wait that ends for many processes at the same moment. */
  #spreadMs(): number {
    const { runtime } = this.#services.background;
    return this.#state === 'unknown'
      ? jittered(runtime, SECOND_MS)
      : runtime.random() * this.#intervalMs * REFRESH_RETRY_PART;
  }

  #setAskAt(waitMs: number): void {
    this.#askAt = this.#services.background.now() + waitMs;
    this.#isOff = this.#state === 'disabled';
    if (this.#isOff) {
      this.#offEnd.at(this.#askAt);
    }
  }
}

function clampTtl(ttlSeconds: number | undefined): number {
  if (ttlSeconds === undefined || !Number.isFinite(ttlSeconds)) {
    return DEFAULT_TTL_S;
  }
  return Math.min(Math.max(ttlSeconds, MIN_TTL_S), MAX_TTL_S);
}
