import type { ExportDestination, FlagResult, HostExporter } from '../exporter/contract.js';
import { type Background, debug, monotonicNow } from './background.js';
import type { Counters, DropReason } from './counters.js';
import { type FlagMember, FlagMembers, type RoundResult } from './flagMembers.js';
import { Wakeup } from './wakeup.js';

const SECOND_MS = 1_000;
/** How long one round of asking may take. */
export const FLAG_TIMEOUT_MS = 10_000;
/** After a round that brought nothing. */
export const FLAG_RETRY_MS = 60_000;
/** Before other credentials are tried than those that were all refused: some change with each request. */
export const FLAG_NEW_CREDENTIALS_MS = 5_000;
const DEFAULT_TTL_S = 900;
const MIN_TTL_S = 60;
const MAX_TTL_S = 3_600;
/** What is believed of a `Retry-After`. */
const MAX_RETRY_AFTER_MS = 900_000;

/**
 * - `unknown`: nobody has answered yet; records wait
 * - `enabled`, `disabled`: the last good answer, kept when a later request fails
 * - `failed`: there never was a good answer; off until a retry brings one
 */
export type FlagState = 'unknown' | 'enabled' | 'disabled' | 'failed';

export interface FlagServices {
  readonly exporter: HostExporter;
  readonly background: Background;
  readonly counters: Counters;
  /** A round of asking is over. */
  readonly onRoundOver: () => void;
}

/**
 * The server's feature flag for one org and driver version at one host. Asked for in the background, one
 * request at a time, and refreshed while connections refer to it. A lane whose credentials the server
 * refuses does not decide for the others: the next lane's are tried.
 */
export class FeatureFlag {
  readonly orgId: string | undefined;
  readonly driverVersion: string;
  readonly #services: FlagServices;
  readonly #members = new FlagMembers();
  #state: FlagState = 'unknown';
  #connections = 0;
  #round: AbortController | undefined;
  readonly #wakeup: Wakeup;
  /** Monotonic time before which nobody is asked, whatever happens. */
  #notBefore = 0;
  /** Monotonic time at which the present value should be asked for again. */
  #staleAt = 0;

  constructor(orgId: string | undefined, driverVersion: string, services: FlagServices) {
    this.orgId = orgId;
    this.driverVersion = driverVersion;
    this.#services = services;
    this.#wakeup = new Wakeup(services.background, () => this.#startRound());
  }

  get state(): FlagState {
    return this.#state;
  }

  /** Why records can't be kept, if they can't. */
  get refusal(): DropReason | undefined {
    if (this.#state === 'disabled') {
      return 'flag_disabled';
    }
    return this.#state === 'failed' ? 'flag_failed' : undefined;
  }

  /** Whether an answer is awaited. */
  get isAsking(): boolean {
    return this.#round !== undefined || this.#wakeup.dueAt <= monotonicNow();
  }

  get isUnused(): boolean {
    return this.#members.size === 0;
  }

  join(member: FlagMember): void {
    this.#members.add(member);
    member.destination.credentials.onChange(() =>
      this.#services.background.run(() => this.#newCredentials(member)),
    );
    this.#newCredentials(member);
  }

  leave(member: FlagMember): void {
    this.#members.delete(member);
  }

  /** One more connection refers to the flag. */
  retain(): void {
    this.#connections++;
    if (this.#connections === 1) {
      this.#askAt(this.#staleAt);
    }
  }

  /** One connection less. Without any nothing is asked again; a round under way goes on. */
  release(): void {
    this.#connections--;
    if (this.#connections === 0 && !this.isAsking) {
      this.#wakeup.cancel();
    }
  }

  close(): void {
    this.#members.clear();
    this.#wakeup.cancel();
    const round = this.#round;
    this.#round = undefined;
    round?.abort();
  }

  /** A member has come, or the credentials of one have changed. */
  #newCredentials(member: FlagMember): void {
    if (!this.#members.has(member)) {
      return;
    }
    const wereRefused = this.#members.hasRefused;
    this.#members.onCredentials(member);
    if (this.#state === 'failed' && wereRefused) {
      // Nobody was believed so far: whoever comes with other credentials gets to wait for an answer.
      this.#become('unknown');
    }
    if (this.#state === 'unknown') {
      this.#askAt(0);
    }
  }

  #askAt(time: number): void {
    if (this.#round === undefined && this.#members.size > 0) {
      this.#wakeup.at(Math.max(time, this.#notBefore));
    }
  }

  #startRound(): void {
    if (monotonicNow() >= this.#staleAt) {
      this.#members.forgetRefusals();
    }
    const round = new AbortController();
    this.#round = round;
    const timeout = this.#services.background.after(FLAG_TIMEOUT_MS, () => {
      round.abort();
      this.#services.counters.flagFetches.failed++;
      this.#endRound(round, { outcome: 'failure', error: 'timeout' });
    });
    void this.#members
      .ask((destination) => this.#fetch(destination, round.signal), round.signal)
      .catch((error): RoundResult => ({ outcome: 'failure', error: String(error) }))
      .then((result) => {
        clearTimeout(timeout);
        this.#endRound(round, result);
      });
  }

  async #fetch(destination: ExportDestination, signal: AbortSignal): Promise<FlagResult> {
    const { exporter, counters } = this.#services;
    const result = await exporter.fetchFeatureFlag(destination, this.driverVersion, signal);
    if (signal.aborted) {
      return { outcome: 'aborted' };
    }
    if (result.outcome === 'answer') {
      counters.flagFetches[result.enabled ? 'enabled' : 'disabled']++;
    } else if (result.outcome === 'failure') {
      counters.flagFetches.failed++;
    }
    return result;
  }

  #endRound(round: AbortController, result: RoundResult): void {
    if (this.#round !== round) {
      return;
    }
    this.#round = undefined;
    const now = monotonicNow();
    if (result.outcome === 'answer') {
      this.#notBefore = 0;
      this.#staleAt = now + clampTtl(result.ttlSeconds) * SECOND_MS;
      this.#become(result.enabled ? 'enabled' : 'disabled');
    } else if (isForLackOfCredentials(result) && this.#members.next() !== undefined) {
      // Some came while the round was ending.
      this.#askAt(now);
    } else {
      this.#staleAt = now + this.#onNoAnswer(result, now);
    }
    if (this.#connections > 0) {
      this.#askAt(this.#staleAt);
    }
    this.#services.onRoundOver();
  }

  /** @returns milliseconds until the next round */
  #onNoAnswer(result: Exclude<RoundResult, { outcome: 'answer' }>, now: number): number {
    debug(`the feature flag could not be had: ${'error' in result ? result.error : result.outcome}`);
    if (result.outcome === 'no-credentials') {
      // Nobody was asked: the next credentials may be tried at once.
      return FLAG_RETRY_MS;
    }
    let waitMs = FLAG_RETRY_MS;
    if (!isForLackOfCredentials(result)) {
      const { retryAfterMs = 0 } = result.outcome === 'failure' ? result : {};
      waitMs = Math.max(FLAG_RETRY_MS, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS));
      this.#notBefore = now + waitMs;
    } else {
      this.#notBefore = now + FLAG_NEW_CREDENTIALS_MS;
    }
    if (this.#state === 'unknown') {
      this.#become('failed');
    }
    return waitMs;
  }

  #become(state: FlagState): void {
    if (state === this.#state) {
      return;
    }
    debug(`feature flag: ${this.#state} -> ${state}`);
    this.#state = state;
    this.#members.tellAll();
  }
}

function isForLackOfCredentials({ outcome }: RoundResult): boolean {
  return outcome === 'refused' || outcome === 'no-credentials';
}

function clampTtl(ttlSeconds: number | undefined): number {
  if (ttlSeconds === undefined || !Number.isFinite(ttlSeconds)) {
    return DEFAULT_TTL_S;
  }
  return Math.min(Math.max(ttlSeconds, MIN_TTL_S), MAX_TTL_S);
}
