import type { Dispatcher } from 'undici';
import { failureCode } from '../failures.js';
import type { Runtime } from '../runtime.js';
import { withoutTracing } from '../suppressTracing.js';
import { OTHER_ERROR } from '../tags/index.js';
import type { HostAddress } from './address.js';
import { Exchange } from './exchange.js';
import type { Network } from './loadNetwork.js';
import type { Routes, RouteTimeouts } from './routes.js';
import type { HttpRequest, HttpResult, Transport } from './transport.js';
import { linkAbort } from './waiting.js';

/** Milliseconds. */
const TIMEOUTS: RouteTimeouts = { connectMs: 2_000, headersMs: 5_000, bodyMs: 5_000 };

/** HTTPS requests to one host. Redirects are not followed. Nothing here holds the process. */
export class HttpTransport implements Transport {
  readonly #target: HostAddress;
  readonly #network: Promise<Network>;
  readonly #runtime: Runtime;
  readonly #timeouts: RouteTimeouts;
  /** There from the first request on. */
  #routes: Routes | undefined = undefined;
  readonly #closed = new AbortController();

  constructor(
    target: HostAddress,
    network: Promise<Network>,
    runtime: Runtime,
    timeouts: RouteTimeouts = TIMEOUTS,
  ) {
    this.#target = target;
    this.#network = network;
    this.#runtime = runtime;
    this.#timeouts = timeouts;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    const stop = linkAbort([signal, this.#closed.signal]);
    try {
      const { Routes } = await this.#network;
      if (stop.signal.aborted) {
        return { kind: 'aborted' };
      }
      this.#routes ??= new Routes(this.#target, this.#runtime, this.#timeouts.connectMs);
      const pool = this.#routes.pool(request.route);
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
    await this.#routes?.close();
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
