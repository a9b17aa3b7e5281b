import { Pool } from 'undici';
import type { ConnectionRoute } from '../connectionHandle.js';
import type { HostAddress } from './address.js';
import { createConnector } from './connector.js';
import { KnownAddresses } from './knownAddresses.js';
import { routeDigest } from './routeDigest.js';

/** Distinct routes to one host at one time; the least recently used one makes room. */
const MAX_ROUTES = 32;
/** Connections at one time by one route. Each lane sends one request at a time. */
const MAX_CONNECTIONS = 8;
/** Longer than the time between two flushes, so that they share a connection. Milliseconds. */
const KEEP_ALIVE_MS = 30_000;

export interface RouteTimeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
}

/** The connections to one host, pooled by route: connections that go different ways are never shared. */
export class Routes {
  readonly #target: HostAddress;
  readonly #timeouts: RouteTimeouts;
  readonly #addresses = new KnownAddresses();
  readonly #closed = new AbortController();
  readonly #pools = new Map<string, Pool>();
  readonly #keys = new WeakMap<ConnectionRoute, string>();

  constructor(target: HostAddress, timeouts: RouteTimeouts) {
    this.#target = target;
    this.#timeouts = timeouts;
  }

  /** @param route a supported one */
  pool(route: ConnectionRoute): Pool {
    const key = this.#keyOf(route);
    const pool = this.#pools.get(key) ?? this.#open(route);
    // Last in the order of insertion is most recently used.
    this.#pools.delete(key);
    this.#pools.set(key, pool);
    return pool;
  }

  /** Destroys all sockets, those under way included. */
  async close(): Promise<void> {
    this.#closed.abort();
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.allSettled(pools.map((pool) => pool.destroy()));
  }

  #open(route: ConnectionRoute): Pool {
    const [oldest] = this.#pools;
    if (oldest !== undefined && this.#pools.size >= MAX_ROUTES) {
      this.#pools.delete(oldest[0]);
      // Lets its requests in flight finish.
      oldest[1].close().catch(() => {});
    }
    return new Pool(this.#target.origin, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      headersTimeout: this.#timeouts.headersMs,
      bodyTimeout: this.#timeouts.bodyMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: createConnector(this.#target, route, {
        addresses: this.#addresses,
        connectTimeoutMs: this.#timeouts.connectMs,
        signal: this.#closed.signal,
      }),
    });
  }

  #keyOf(route: ConnectionRoute): string {
    const known = this.#keys.get(route);
    if (known !== undefined) {
      return known;
    }
    const key = routeDigest(route);
    this.#keys.set(route, key);
    return key;
  }
}
