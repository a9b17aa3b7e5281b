import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** `/token/resource`; nothing else is looked at. 32 random bytes make a token of 43 characters. */
const TARGET = /^\/([A-Za-z0-9_-]{43})\/([a-z0-9./-]{0,64})$/;
/** The page itself, typed in or followed to, and what it fetches. */
const FETCH_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

/** Decides which requests are answered: those of the inspector's own page, in a browser on this machine. */
export class RequestGuard {
  readonly #token: Buffer;
  readonly #port: number;

  constructor(token: string, port: number) {
    this.#token = Buffer.from(token);
    this.#port = port;
  }

  /** @returns the resource that is asked for; `undefined` if the request is refused */
  admit(request: IncomingMessage): string | undefined {
    const { host, origin, 'sec-fetch-site': site } = request.headers;
    const target = TARGET.exec(request.url ?? '');
    if (target === null || !this.#isToken(target[1] ?? '')) {
      return undefined;
    }
    // A page elsewhere may have this address's name resolved to the loopback interface, or send us its requests.
    if (!this.#isOwnHost(host) || (origin !== undefined && !this.#isOwnOrigin(origin))) {
      return undefined;
    }
    if (typeof site === 'string' && !FETCH_SITES.has(site)) {
      return undefined;
    }
    return target[2];
  }

  #isToken(text: string): boolean {
    const given = Buffer.from(text);
    return given.length === this.#token.length && timingSafeEqual(given, this.#token);
  }

  #isOwnHost(host: string | undefined): boolean {
    return host === `127.0.0.1:${this.#port}` || host === `localhost:${this.#port}`;
  }

  #isOwnOrigin(origin: string): boolean {
    return origin.startsWith('http://') && this.#isOwnHost(origin.slice('http://'.length));
  }
}
