import type { AccessToken, TokenProvider } from '../config.js';
import { type CredentialHeaders, haveSameHeaders } from '../connectionHandle.js';
import { within } from '../exporter/waiting.js';
import { callAll, type Guard } from '../guard.js';
import { logDebug } from '../log.js';
import type { Runtime } from '../runtime.js';
import { withoutTracing } from '../suppressTracing.js';
import { type Credentials, Refusals } from './credentials.js';

/** A token is given up so long before it expires; one that lives shorter, after half of its life. */
const EXPIRY_MARGIN_MS = 30_000;
/** How long somebody waits for the provider. A later answer still counts, for the next one who asks. */
const PROVIDER_TIMEOUT_MS = 10_000;
/** From one call of the provider to the next, whatever became of the first. */
const MIN_INTERVAL_MS = 10_000;
/** After a call that brought no token. */
const NO_TOKEN_REST_MS = 60_000;
/** A call that has not come back after so long is given up, and another may be made. */
const ABANDON_AFTER_MS = 300_000;

const TOKEN = /^[\x21-\x7e]+$/;

interface HeldToken {
  readonly headers: CredentialHeaders;
  /** Epoch milliseconds. */
  readonly usableUntil: number;
}

export interface ProviderServices {
  readonly runtime: Runtime;
  readonly guard: Guard;
}

/**
 * The user's own tokens for one host: a static one, or a function that is asked when there is none that can be
 * used. One call at a time; its failures and its silence are survived; a token is never logged.
 */
export class ProvidedCredentials implements Credentials {
  readonly #provide: () => unknown;
  readonly #services: ProviderServices;
  readonly #refusals: Refusals;
  readonly #listeners = new Set<() => void>();
  #held: HeldToken | undefined = undefined;
  #asking: Promise<void> | undefined = undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(tokenProvider: TokenProvider, host: string, services: ProviderServices) {
    this.#provide = typeof tokenProvider === 'string' ? () => tokenProvider : () => tokenProvider(host);
    this.#services = services;
    this.#refusals = new Refusals(services.runtime);
  }

  async get(signal: AbortSignal): Promise<CredentialHeaders | undefined> {
    if (this.#usable() === undefined) {
      await within(this.#refresh(), signal, PROVIDER_TIMEOUT_MS, this.#services.runtime);
    }
    return this.#usable();
  }

  get usableAt(): number {
    const now = this.#services.runtime.now();
    if (this.#held !== undefined && !this.#isExpired(this.#held)) {
      return this.#refusals.until;
    }
    // It is worth while to ask the provider, but for the moment after it had nothing.
    return this.#asking === undefined && now < this.#askedAt + NO_TOKEN_REST_MS && this.#held === undefined
      ? this.#askedAt + NO_TOKEN_REST_MS
      : 0;
  }

  accept(): void {
    this.#refusals.clear();
  }

  /** Asks the provider once for another token. */
  refuse(headers: CredentialHeaders): void {
    if (this.#held !== undefined && haveSameHeaders(headers, this.#held.headers)) {
      this.#refusals.add();
      void this.#refresh();
    }
  }

  listen(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  #usable(): CredentialHeaders | undefined {
    const held = this.#held;
    return held === undefined || this.#isExpired(held) || this.#refusals.until > this.#services.runtime.now()
      ? undefined
      : held.headers;
  }

  #isExpired({ usableUntil }: HeldToken): boolean {
    return this.#services.runtime.epochNow() >= usableUntil;
  }

  /** Asks the provider, unless it is being asked, or was a moment ago. Never rejects. */
  #refresh(): Promise<void> {
    const now = this.#services.runtime.now();
    const sinceAsked = now - this.#askedAt;
    if (this.#asking !== undefined && sinceAsked < ABANDON_AFTER_MS) {
      return this.#asking;
    }
    if (sinceAsked < MIN_INTERVAL_MS) {
      return Promise.resolve();
    }
    this.#askedAt = now;
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) {
        this.#asking = undefined;
      }
    });
    this.#asking = asking;
    return asking;
  }

  async #ask(): Promise<void> {
    const held = await this.#provided();
    if (held === undefined) {
      // No more than this: what it gave or threw may hold a token.
      logDebug('the token provider gave no token that can be used');
      return;
    }
    const isOther = this.#held === undefined || !haveSameHeaders(held.headers, this.#held.headers);
    this.#held = held;
    if (isOther) {
      this.#refusals.onChanged();
      callAll(this.#listeners, (callback) => callback());
    }
  }

  /** All that is the user's own: the call, its promise, and what is read from the result. */
  async #provided(): Promise<HeldToken | undefined> {
    try {
      return heldToken(await withoutTracing(this.#provide), this.#services.runtime.epochNow());
    } catch {
      this.#services.guard.note('tokenProvider');
      return undefined;
    }
  }
}

/** @param provided a token as text, or an `AccessToken`; anything else is none */
function heldToken(provided: unknown, nowMs: number): HeldToken | undefined {
  const { token, expiresAt } = readToken(provided);
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    return undefined;
  }
  const headers = { authorization: `Bearer ${token}` };
  if (typeof expiresAt !== 'number' || Number.isNaN(expiresAt)) {
    return { headers, usableUntil: Number.POSITIVE_INFINITY };
  }
  const lifeMs = expiresAt - nowMs;
  return lifeMs <= 0
    ? undefined
    : { headers, usableUntil: expiresAt - Math.min(EXPIRY_MARGIN_MS, lifeMs / 2) };
}

function readToken(provided: unknown): { [Key in keyof AccessToken]?: unknown } {
  return typeof provided === 'object' && provided !== null ? provided : { token: provided };
}
