import type { Dispatcher } from 'undici';
import type { ConnectionRoute } from '../connectionHandle.js';
import { failureCode } from '../failures.js';
import { withoutTracing } from '../suppressTracing.js';
import { OTHER_ERROR } from '../tags/index.js';
import type { HostAddress } from './address.js';
import type { Network } from './loadNetwork.js';
import { parseRetryAfter } from './retryAfter.js';
import type { Routes, RouteTimeouts } from './routes.js';
import { linkAbort } from './waiting.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: Buffer;
  /** A supported one. */
  readonly route: ConnectionRoute;
}

/** What became of a request. Never a rejection. */
export type HttpResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly retryAfterMs: number | undefined;
      readonly body: ResponseBody;
    }
  /** There was no answer; `code` is the error's code. */
  | { readonly kind: 'failure'; readonly code: string }
  /** Stopped by the signal, or by `close()`. */
  | { readonly kind: 'aborted' };

export type ResponseBody =
  | { readonly kind: 'text'; readonly text: string }
  /** Longer than anything that is expected; the rest was not read. */
  | { readonly kind: 'too long' }
  /** It broke off; `code` is the error's code, `undefined` if it was the signal. */
  | { readonly kind: 'broken'; readonly code: string | undefined };

/** Milliseconds. */
const TIMEOUTS: RouteTimeouts = { connectMs: 2_000, headersMs: 5_000, bodyMs: 5_000 };
/** The answers that are of interest have a few hundred bytes; a list of all feature flags, some thousand. */
const MAX_BODY_BYTES = 65_536;
/** The error code of a request that took longer than all its phases may take together. */
const OVERTIME = 'ETIMEDOUT';

/** HTTPS requests to one host. Redirects are not followed. Nothing here holds the process. */
export class HttpTransport {
  readonly #target: HostAddress;
  readonly #network: Promise<Network>;
  readonly #timeouts: RouteTimeouts;
  /** There from the first request on. */
  #routes: Routes | undefined;
  readonly #closed = new AbortController();
  readonly #overtimeMs: number;

  constructor(target: HostAddress, network: Promise<Network>, timeouts: RouteTimeouts = TIMEOUTS) {
    this.#target = target;
    this.#network = network;
    this.#timeouts = timeouts;
    // Each phase has its own limit, but a body that drips would go on for ever.
    this.#overtimeMs = timeouts.connectMs + timeouts.headersMs + timeouts.bodyMs;
  }

  /** @param timeoutMs for all of it; default: the sum of the phases' limits, 12 s */
  async send(request: HttpRequest, signal: AbortSignal, timeoutMs = this.#overtimeMs): Promise<HttpResult> {
    const stop = linkAbort([signal, this.#closed.signal], timeoutMs);
    try {
      if (stop.signal.aborted) {
        return { kind: 'aborted' };
      }
      const response = await this.#dispatch(request, stop.signal);
      const { 'retry-after': retryAfter } = response.headers;
      return {
        kind: 'response',
        status: response.statusCode,
        retryAfterMs: parseRetryAfter(retryAfter, Date.now()),
        body: await readBody(response.body, (error) =>
          stop.timedOut() ? OVERTIME : stop.signal.aborted ? undefined : codeOf(error),
        ),
      };
    } catch (error) {
      if (stop.timedOut()) {
        return { kind: 'failure', code: OVERTIME };
      }
      return stop.signal.aborted ? { kind: 'aborted' } : { kind: 'failure', code: codeOf(error) };
    } finally {
      stop.dispose();
    }
  }

  /** Requests in flight end as aborted; sockets are destroyed. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#routes?.close();
  }

  async #dispatch(
    { method, path, headers, body, route }: HttpRequest,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { Routes, request } = await this.#network;
    signal.throwIfAborted();
    this.#routes ??= new Routes(this.#target, this.#timeouts);
    const dispatcher = this.#routes.pool(route);
    return withoutTracing(() =>
      request(this.#target.origin + path, { dispatcher, method, headers, signal, ...(body && { body }) }),
    );
  }
}

async function readBody(
  body: Dispatcher.ResponseData['body'],
  codeOfBreak: (error: unknown) => string | undefined,
): Promise<ResponseBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_BODY_BYTES) {
        // Leaving the loop destroys the body, and with it the connection.
        return { kind: 'too long' };
      }
    }
    return { kind: 'text', text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    return { kind: 'broken', code: codeOfBreak(error) };
  }
}

function codeOf(error: unknown): string {
  return failureCode(error) ?? OTHER_ERROR;
}
