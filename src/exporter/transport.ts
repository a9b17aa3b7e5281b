import type { ConnectionRoute } from '../connectionHandle.js';

/** A way to the host, with its key: equal for routes that are equal by value. */
export interface Route {
  readonly key: string;
  /** A supported one. */
  readonly connection: ConnectionRoute;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: Buffer;
  readonly route: Route;
  /** Milliseconds for all of it, instead of a limit for each phase. A connection has its own limit in any case. */
  readonly timeoutMs?: number;
}

/** What became of a request. Never a rejection. */
export type HttpResult =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** At most 15 minutes. */
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

/** Sends requests to one host and port. Simulations bring their own. */
export interface Transport {
  /** Resolves always. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResult>;
  /** Requests in flight end as aborted; sockets are destroyed. */
  close(): Promise<void>;
}
