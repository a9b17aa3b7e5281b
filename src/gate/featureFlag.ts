import { type Background, Wakeup } from '../background.js';
import type { CredentialHeaders } from '../connectionHandle.js';
import type { Sender } from '../credentials/credentials.js';
import type { FlagResult, HostExporter } from '../exporter/contract.js';
import { logDebug } from '../log.js';
import { startDeadline } from '../runtime.js';
import type { DropReason, FlagState, FlagStats } from '../stats.js';
import type { Flag } from './flag.js';
import { type FlagFailure, FlagTimes } from './flagTimes.js';

/** How long an answer is waited for, a token provider's included. */
export const FLAG_TIMEOUT_MS = 10_000;
/** The shortest wait where credentials should be there and are not. */
const NO_CREDENTIALS_MS = 1_000;

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
export class FeatureFlag implements Flag {
  readonly isForced = false;
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
    this.#times = new FlagTimes(services.background);
    this.#offEnd = new Wakeup(services.background, () => {
      this.#isOff = false;
    });
  }

  get isUnknown(): boolean {
    return this.#state === 'unknown';
  }

  get answer(): 'enabled' | 'disabled' | undefined {
    return this.#state === 'unknown' || this.#times.isDue ? undefined : this.#state;
  }

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

  async ask(asker: Sender): Promise<number | undefined> {
    for (;;) {
      if (!this.#times.isDue) {
        return this.isUnknown ? this.askAt : undefined;
      }
      if (this.#closed.signal.aborted) {
        return Number.POSITIVE_INFINITY;
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
        return Math.max(this.#services.background.now() + NO_CREDENTIALS_MS, asker.credentials.usableAt);
      }
    }
  }

  askAhead(asker: Sender): void {
    if (this.isUnknown && !this.isAsking) {
      this.#services.background.run(() => void this.ask(asker));
    }
  }

  isAnswerNear(asker: Sender, until: number): boolean {
    return (
      until > this.#services.background.now() &&
      (this.isAsking || (this.askAt <= until && asker.credentials.usableAt <= until))
    );
  }

  hurry(): void {
    if (this.isUnknown) {
      this.#times.hurry();
    }
  }

  postpone(durationMs: number): void {
    if (!this.isUnknown && this.#times.postpone(durationMs)) {
      this.#stayOff();
    }
  }

  stats(): FlagStats {
    const { background } = this.#services;
    return {
      orgId: this.orgId,
      driverVersion: this.driverVersion,
      state: this.#state,
      answeredAt: this.#answeredAt,
      nextRequestAt:
        this.askAt === 0 ? undefined : Math.round(background.epochNow() + this.askAt - background.now()),
    };
  }

  close(): void {
    this.#offEnd.cancel();
    this.#closed.abort();
  }

  /** One question, within its time. */
  async #ask(asker: Sender): Promise<'settled' | 'unauthorized'> {
    const { exporter, background } = this.#services;
    const round = new AbortController();
    const stop = (): void => round.abort();
    this.#closed.signal.addEventListener('abort', stop);
    const deadline = startDeadline(background, FLAG_TIMEOUT_MS, stop);
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
    { destination, credentials: source }: Sender,
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
    this.#answeredAt = background.epochNow();
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
