import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { failureCode } from '../failures.js';
import { type Deadline, type Runtime, startDeadline } from '../runtime.js';
import { OTHER_ERROR } from '../tags/index.js';
import { parseRetryAfter } from './retryAfter.js';
import type { HttpResult, ResponseBody } from './transport.js';
import { onAbort } from './waiting.js';

/** The answers that are of interest have a few hundred bytes; a list of all feature flags, some thousand. */
const MAX_BODY_BYTES = 65_536;

/** Milliseconds. */
export interface ExchangeLimits {
  /** For all of it, from when it is handed to the HTTP client. */
  readonly totalMs: number;
  /** From when the request is sent until the answer's headers. */
  readonly headersMs?: number;
  /** From the headers to the end of the answer. */
  readonly bodyMs?: number;
}

/**
 * One request and its answer, as undici reports it. The limits are here and not in undici, whose timers take a
 * good connection for a dead one when the event loop was blocked.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly result: Promise<HttpResult>;
  readonly #runtime: Runtime;
  readonly #limits: ExchangeLimits;
  readonly #total: Deadline;
  readonly #letGo: () => void;
  #phase: Deadline | undefined = undefined;
  #resolve: (result: HttpResult) => void = () => undefined;
  #controller: Dispatcher.DispatchController | undefined = undefined;
  #head: { readonly status: number; readonly retryAfterMs: number | undefined } | undefined = undefined;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #isOver = false;

  constructor(runtime: Runtime, limits: ExchangeLimits, signal: AbortSignal) {
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#runtime = runtime;
    this.#limits = limits;
    this.#total = startDeadline(runtime, limits.totalMs, () => this.#break('ETIMEDOUT'));
    this.#letGo = onAbort(signal, () => this.#break(undefined));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) {
      // It was given up while it waited for a connection.
      controller.abort(new Error('given up'));
      return;
    }
    this.#startPhase(this.#limits.headersMs, 'UND_ERR_HEADERS_TIMEOUT');
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) {
      return;
    }
    const retryAfterMs = parseRetryAfter(headers['retry-after'], this.#runtime.epochNow());
    this.#head = { status, retryAfterMs };
    this.#startPhase(this.#limits.bodyMs, 'UND_ERR_BODY_TIMEOUT');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > MAX_BODY_BYTES) {
      this.#answer({ kind: 'too long' });
      this.#abort();
    }
  }

  onResponseEnd(): void {
    this.#answer({ kind: 'text', text: Buffer.concat(this.#chunks).toString('utf8') });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#break(failureCode(error) ?? OTHER_ERROR);
  }

  #startPhase(durationMs: number | undefined, code: string): void {
    this.#phase?.cancel();
    this.#phase =
      durationMs === undefined || this.#isOver
        ? undefined
        : startDeadline(this.#runtime, durationMs, () => this.#break(code));
  }

  /** @param code `undefined`: stopped by the signal */
  #break(code: string | undefined): void {
    if (this.#head !== undefined) {
      this.#answer({ kind: 'broken', code });
    } else {
      this.#end(code === undefined ? { kind: 'aborted' } : { kind: 'failure', code });
    }
    this.#abort();
  }

  #answer(body: ResponseBody): void {
    if (this.#head !== undefined) {
      this.#end({ kind: 'response', ...this.#head, body });
    }
  }

  #end(result: HttpResult): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#total.cancel();
      this.#phase?.cancel();
      this.#letGo();
      this.#chunks.length = 0;
      this.#resolve(result);
    }
  }

  #abort(): void {
    if (this.#controller?.aborted === false) {
      this.#controller.abort(new Error('given up'));
    }
  }
}
