import type { Dispatcher, Pool } from 'undici';
import { failureCode } from '../failures.js';
import type { Runtime } from '../runtime.js';
import { withoutTracing } from '../suppressTracing.js';
import { OTHER_ERROR } from '../tags/index.js';
import type { HostAddress } from './address.js';
import type { ConnectorOptions } from './connector.js';
import { Exchange } from './exchange.js';
import type { Network } from './loadNetwork.js';
import type { HttpRequest, HttpResult, Route, Transport } from './transport.js';
import { linkAbort } from './waiting.js';

/** Distinct routes to one host at one time; the least recently used one makes room. */
const MAX_ROUTES = 32;

/** Milliseconds. */
export interface TransportTimeouts {
  /** For TCP, the proxy's answer and TLS together. */
  readonly connectMs: number;
  /** From the request to the headers of its answer. */
  readonly headersMs: number;
  /** From the headers to the end of the answer. */
  readonly bodyMs: number;
}

const TIMEOUTS: TransportTimeouts = { connectMs: 2_000, headersMs: 5_000, bodyMs: 5_000 };

/**
 * HTTPS requests to one host. Connections are pooled by route: those that go different ways are never shared.
 * Redirects are not followed. A connected socket does not keep the process alive, nor does a timer.
 */
export class HttpTransport implements Transport {
  readonly #target: HostAddress;
  readonly #network: Promise<Network>;
  readonly #runtime: Runtime;
  readonly #timeouts: TransportTimeouts;
  /** By the route's key; the one that was used last is the last. */
  readonly #pools = new Map<string, Pool>();
  /** There from the first request on. */
  #connecting: ConnectorOptions | undefined = undefined;
  readonly #closed = new AbortController();

  constructor(
    target: HostAddress,
    network: Promise<Network>,
    runtime: Runtime,
    timeouts: TransportTimeouts = TIMEOUTS,
  ) {
    this.#target = target;
    this.#network = network;
    this.#runtime = runtime;
    this.#timeouts = timeouts;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    const stop = linkAbort([signal, this.#closed.signal]);
    try {
      const network = await this.#network;
      if (stop.signal.aborted) {
        return { kind: 'aborted' };
      }
      const pool = this.#pool(request.route, network);
      const exchange = new Exchange(this.#runtime, this.#limitsOf(request), stop.signal);
      withoutTracing(() => pool.dispatch(this.#optionsOf(request), exchange));
      return await exchange.result;
    } catch (error) {
      return { kind: 'failure', code: failureCode(error) ?? OTHER_ERROR };
    } finally {
      stop.dispose();
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.allSettled(pools.map((pool) => pool.destroy()));
  }

  #pool(route: Route, network: Network): Pool {
    const pool = this.#pools.get(route.key) ?? this.#open(route, network);
    this.#pools.delete(route.key);
    this.#pools.set(route.key, pool);
    return pool;
  }

  #open(route: Route, { KnownAddresses, openPool }: Network): Pool {
    const [oldest] = this.#pools;
    if (oldest !== undefined && this.#pools.size >= MAX_ROUTES) {
      this.#pools.delete(oldest[0]);
      // Lets its requests in flight finish.
      oldest[1].close().catch(() => {});
    }
    this.#connecting ??= {
      addresses: new KnownAddresses(),
      connectTimeoutMs: this.#timeouts.connectMs,
      runtime: this.#runtime,
      signal: this.#closed.signal,
    };
    return openPool(this.#target, route.connection, this.#connecting);
  }

  #optionsOf({ method, path, headers, body }: HttpRequest): Dispatcher.DispatchOptions {
    return { origin: this.#target.origin, method, path, headers, ...(body !== undefined && { body }) };
  }

  #limitsOf({ timeoutMs }: HttpRequest): ConstructorParameters<typeof Exchange>[1] {
    const { connectMs, headersMs, bodyMs } = this.#timeouts;
    // Who waits for a free connection is in none of the phases.
    return timeoutMs === undefined
      ? { totalMs: connectMs + headersMs + bodyMs, headersMs, bodyMs }
      : { totalMs: timeoutMs };
  }
}
