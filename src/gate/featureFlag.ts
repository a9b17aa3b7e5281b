import { type Background, Wakeup } from '../background.js';
import type { CredentialHeaders } from '../connectionHandle.js';
import type { Credentials } from '../credentials/credentials.js';
import type { ExportDestination, FlagResult, HostExporter } from '../exporter/contract.js';
import { logDebug } from '../log.js';
import { startDeadline } from '../runtime.js';
import type { DropReason, FlagState, FlagStats } from '../stats.js';
import { type FlagFailure, FlagTimes } from './flagTimes.js';

/** How long an answer is waited for, a token provider's included. */
export const FLAG_TIMEOUT_MS = 10_000;

/** What asking came to. */
export type FlagOutcome =
  /** There is an answer now. */
  | { readonly kind: 'answered' }
  /** Nothing is known, and nothing is asked before that monotonic time. */
  | { readonly kind: 'later'; readonly at: number }
  /** These credentials may not be tried for now. */
  | { readonly kind: 'unauthorized' };

/** Who asks, and as whom. */
export interface FlagAsker {
  readonly destination: ExportDestination;
  readonly credentials: Credentials;
}

/** What a flag has from its host. */
export interface FlagServices {
  readonly exporter: HostExporter;
  readonly background: Background;
  /** Requests by what they brought. */
  readonly counts: Record<'enabled' | 'disabled' | 'failed', number>;
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
  readonly #times: FlagTimes;
  readonly #closed = new AbortController();
  /** Turns `isOff` off, so that there is something to ask for again. */
  readonly #offEnd: Wakeup;
  #state: FlagState = 'unknown';
  #isOff = false;
  #request: Promise<unknown> | undefined = undefined;
  /** Epoch milliseconds. */
  #answeredAt: number | undefined = undefined;

  constructor(orgId: string | undefined, driverVersion: string, services: FlagServices) {
    this.orgId = orgId;
    this.driverVersion = driverVersion;
    this.#services = services;
    this.#times = new FlagTimes(services.background.runtime);
    this.#offEnd = new Wakeup(services.background, () => {
      this.#isOff = false;
    });
  }

  get state(): FlagState {
    return this.#state;
  }

  /** The answer that still counts; `undefined`: it has to be asked for. */
  get answer(): 'enabled' | 'disabled' | undefined {
    return this.#state === 'unknown' || this.#times.isDue ? undefined : this.#state;
  }

  /** Why records are not even queued, if they are not. The hot path. */
  get refusal(): DropReason | undefined {
    return this.#isOff ? 'flag_disabled' : undefined;
  }

  /** Monotonic time of the next question; what is past means that the next one who asks gets it asked. */
  get askAt(): number {
    return this.#times.askAt;
  }

  /** Whether an answer is awaited. */
  get isAsking(): boolean {
    return this.#request !== undefined;
  }

  /** Asks if need be. Never rejects. */
  async ask(asker: FlagAsker): Promise<FlagOutcome> {
    for (;;) {
      if (!this.#times.isDue) {
        return this.#state === 'unknown' ? { kind: 'later', at: this.askAt } : { kind: 'answered' };
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
    if (this.#state === 'unknown') {
      this.#times.hurry();
    }
  }

  /** Nothing may be sent to the host for so long: a known answer is not renewed at the end of it by everybody. */
  postpone(durationMs: number): void {
    if (this.#state !== 'unknown' && this.#times.postpone(durationMs)) {
      this.#stayOff();
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
        this.askAt === 0 ? undefined : Math.round(runtime.epochNow() + this.askAt - runtime.now()),
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
    const { exporter, counts } = this.#services;
    this.#times.onAsked();
    const { driverVersion } = this;
    const result: FlagResult = signal.aborted
      ? { outcome: 'aborted' }
      : await exporter.fetchFeatureFlag({ destination, credentials, driverVersion }, signal);
    if (this.#closed.signal.aborted) {
      return 'settled';
    }
    if (result.outcome === 'unauthorized') {
      counts.failed++;
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
    const { background, counts } = this.#services;
    const state = isEnabled ? 'enabled' : 'disabled';
    counts[state]++;
    if (state !== this.#state) {
      logDebug(`feature flag: ${this.#state} -> ${state}`);
    }
    this.#state = state;
    this.#answeredAt = background.runtime.epochNow();
    this.#times.onAnswer(isEnabled, ttlSeconds);
    this.#stayOff();
  }

  /** The last good answer stays, until the next question and after it. */
  #onFailure(result: FlagFailure): void {
    logDebug(`the feature flag could not be had: ${'error' in result ? result.error : result.outcome}`);
    if (result.outcome !== 'blocked') {
      this.#services.counts.failed++;
    }
    this.#times.onFailure(result);
    this.#stayOff();
  }

  /** What is off stays so until the next question. */
  #stayOff(): void {
    this.#isOff = this.#state === 'disabled';
    this.#offEnd.cancel();
    if (this.#isOff) {
      this.#offEnd.at(this.askAt);
    }
  }
}
