import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** How long addresses are used without asking again. */
const MAX_AGE_MS = 600_000;
/** One host, and the proxies to it. */
const MAX_NAMES = 64;

interface KnownAddress {
  readonly addresses: LookupAddress[];
  /** On the monotonic clock. */
  readonly until: number;
}

/**
 * Addresses of names, kept as long as connections to them succeed. A look-up in progress holds the
 * process, and nothing can be done about it; so there are few, and mostly one: when a connection of the
 * driver opens, which looks up the same name at the same time.
 */
export class KnownAddresses {
  readonly #known = new Map<string, KnownAddress>();
  readonly #resolve: LookupFunction;

  /** @param resolve replaced in tests */
  constructor(resolve: LookupFunction = lookup as LookupFunction) {
    this.#resolve = resolve;
  }

  /** For `net.connect`. */
  readonly lookup: LookupFunction = (name, options, callback) => {
    const known = this.#known.get(name);
    if (known !== undefined && performance.now() < known.until) {
      // Never within the call: `net` expects to be called back later.
      process.nextTick(answer, known.addresses, options.all === true, callback);
      return;
    }
    this.#resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null || !Array.isArray(addresses) || addresses.length === 0) {
        callback(error ?? new Error('no address'), []);
        return;
      }
      this.#keep(name, addresses);
      answer(addresses, options.all === true, callback);
    });
  };

  /** To be called when a connection failed: the name may have moved. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  #keep(name: string, addresses: LookupAddress[]): void {
    if (this.#known.size >= MAX_NAMES) {
      this.#known.clear();
    }
    this.#known.set(name, { addresses, until: performance.now() + MAX_AGE_MS });
  }
}

function answer(addresses: LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const [first] = addresses;
  if (all || first === undefined) {
    callback(null, addresses);
  } else {
    callback(null, first.address, first.family);
  }
}
