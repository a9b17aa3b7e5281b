import type { AccessToken, TokenProvider } from '../config.js';
import type { CredentialHeaders } from '../connectionHandle.js';
import { withoutTracing } from '../suppressTracing.js';
import type { CredentialSource } from './contract.js';
import { callAll, debugLog } from './quietly.js';
import { within } from './waiting.js';

/** A token is given up so long before it expires; one that lives shorter, after half of its life. */
const EXPIRY_MARGIN_MS = 30_000;
/** How long somebody waits for the provider. A later answer still counts, for the next one who asks. */
const PROVIDER_TIMEOUT_MS = 10_000;
/** From one call of the provider to the next, whatever became of the first. */
const MIN_INTERVAL_MS = 10_000;
/** A call that has not come back after so long is given up, and another may be made. */
const ABANDON_AFTER_MS = 300_000;

const TOKEN = /^[\x21-\x7e]+$/;

interface HeldToken {
  readonly headers: CredentialHeaders;
  /** Epoch milliseconds. */
  readonly usableUntil: number;
}

/**
 * Tokens from the user: a static one, or a function that is asked when there is none that can be used.
 * One call at a time; its failures and its silence are survived; a token is never logged.
 */
export class ProvidedCredentials implements CredentialSource {
  readonly #provide: () => Promise<unknown>;
  readonly #listeners = new Set<() => void>();
  #held: HeldToken | undefined;
  #rejected: CredentialHeaders | undefined;
  #asking: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(tokenProvider: TokenProvider) {
    this.#provide = async () => (typeof tokenProvider === 'string' ? tokenProvider : tokenProvider());
  }

  async get(signal: AbortSignal): Promise<CredentialHeaders | undefined> {
    if (this.#usable() === undefined) {
      await within(this.#refresh(), signal, PROVIDER_TIMEOUT_MS);
    }
    return this.#usable();
  }

  /** Asks the provider once for another token; `onChange` tells if there is one. */
  reject(headers: CredentialHeaders): void {
    if (this.#held !== undefined && sameToken(headers, this.#held.headers)) {
      this.#rejected = headers;
      void this.#refresh();
    }
  }

  onChange(callback: () => void): void {
    this.#listeners.add(callback);
  }

  #usable(): CredentialHeaders | undefined {
    if (this.#held === undefined || Date.now() >= this.#held.usableUntil) {
      return undefined;
    }
    const { headers } = this.#held;
    return this.#rejected !== undefined && sameToken(headers, this.#rejected) ? undefined : headers;
  }

  /** Asks the provider, unless it is being asked, or was a moment ago. Never rejects. */
  #refresh(): Promise<void> {
    const sinceAsked = performance.now() - this.#askedAt;
    if (this.#asking !== undefined && sinceAsked < ABANDON_AFTER_MS) {
      return this.#asking;
    }
    if (sinceAsked < MIN_INTERVAL_MS) {
      return Promise.resolve();
    }
    this.#askedAt = performance.now();
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) {
        this.#asking = undefined;
      }
    });
    this.#asking = asking;
    return asking;
  }

  async #ask(): Promise<void> {
    const token = await withoutTracing(this.#provide).catch(() => undefined);
    const held = heldToken(token);
    if (held === undefined) {
      // No more than this: what it gave or threw may hold a token.
      debugLog('the token provider gave no token that can be used');
      return;
    }
    const wasUsable = this.#usable() !== undefined;
    this.#held = held;
    if (!wasUsable && this.#usable() !== undefined) {
      callAll(this.#listeners);
    }
  }
}

/** @param provided a token as text, or an `AccessToken`; anything else is none */
function heldToken(provided: unknown): HeldToken | undefined {
  const { token, expiresAt } = readToken(provided);
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    return undefined;
  }
  const headers = { authorization: `Bearer ${token}` };
  if (typeof expiresAt !== 'number' || Number.isNaN(expiresAt)) {
    return { headers, usableUntil: Number.POSITIVE_INFINITY };
  }
  const lifeMs = expiresAt - Date.now();
  return lifeMs <= 0
    ? undefined
    : { headers, usableUntil: expiresAt - Math.min(EXPIRY_MARGIN_MS, lifeMs / 2) };
}

function readToken(provided: unknown): { [Key in keyof AccessToken]?: unknown } {
  return typeof provided === 'object' && provided !== null ? provided : { token: provided };
}

function sameToken(one: CredentialHeaders, other: CredentialHeaders): boolean {
  return one['authorization'] === other['authorization'];
}
