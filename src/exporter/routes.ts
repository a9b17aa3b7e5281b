import { Pool } from 'undici';
import type { Runtime } from '../runtime.js';
import type { HostAddress } from './address.js';
import { createConnector } from './connector.js';
import { KnownAddresses } from './knownAddresses.js';
import type { Route } from './transport.js';

/** Distinct routes to one host at one time; the least recently used one makes room. */
const MAX_ROUTES = 32;
/** Connections at one time by one route. Each lane sends one request at a time. */
const MAX_CONNECTIONS = 8;
/** Longer than the time between two flushes, so that they share a connection. Milliseconds. */
const KEEP_ALIVE_MS = 30_000;

/** Milliseconds. */
export interface RouteTimeouts {
  /** For TCP, the proxy's answer and TLS together. */
  readonly connectMs: number;
  /** From the request to the headers of its answer. */
  readonly headersMs: number;
  /** From the headers to the end of the answer. */
  readonly bodyMs: number;
}

/** The connections to one host, pooled by route: connections that go different ways are never shared. */
export class Routes {
  readonly #target: HostAddress;
  readonly #runtime: Runtime;
  readonly #connectTimeoutMs: number;
  readonly #addresses: KnownAddresses;
  readonly #closed = new AbortController();
  readonly #pools = new Map<string, Pool>();

  constructor(target: HostAddress, runtime: Runtime, connectTimeoutMs: number) {
    this.#target = target;
    this.#runtime = runtime;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#addresses = new KnownAddresses();
  }

  pool(route: Route): Pool {
    const pool = this.#pools.get(route.key) ?? this.#open(route);
    // Last in the order of insertion is most recently used.
    this.#pools.delete(route.key);
    this.#pools.set(route.key, pool);
    return pool;
  }

  /** Destroys all sockets, those under way included. */
  async close(): Promise<void> {
    this.#closed.abort();
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.allSettled(pools.map((pool) => pool.destroy()));
  }

  #open(route: Route): Pool {
    const [oldest] = this.#pools;
    if (oldest !== undefined && this.#pools.size >= MAX_ROUTES) {
      this.#pools.delete(oldest[0]);
      // Lets its requests in flight finish.
      oldest[1].close().catch(() => {});
    }
    return new Pool(this.#target.origin, {
      connections: MAX_CONNECTIONS,
      pipelining: 1,
      // Each request has its own limits.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: createConnector(this.#target, route.connection, {
        addresses: this.#addresses,
        connectTimeoutMs: this.#connectTimeoutMs,
        runtime: this.#runtime,
        signal: this.#closed.signal,
      }),
    });
  }
}
