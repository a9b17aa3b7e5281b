import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withoutTracing } from '../suppressTracing.js';
import { EventStreams, eventText } from './eventStream.js';
import type { PageFile } from './pageFiles.js';
import { RequestGuard } from './requestGuard.js';
import type { Source } from './source.js';

const LOOPBACK = '127.0.0.1';
const TOKEN_BYTES = 32;
const MAX_CONNECTIONS = 64;
const MAX_HEADER_BYTES = 8_192;
const REQUEST_TIMEOUT_MS = 5_000;
/** How soon a change shows. */
const CHANGES_INTERVAL_MS = 250;
const STATE_INTERVAL_MS = 1_000;

/** Nothing from elsewhere, nothing inline, in nobody's frame, kept nowhere. */
const SAFE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

const BUNDLE_HEADERS = {
  'content-disposition': 'attachment; filename="opentelemetry-databricks-sql-support.json"',
};

/**
 * Serves the page and what it shows, on the loopback interface, to those who know the address with its token.
 * It never keeps the process alive.
 */
export class PageServer {
  readonly #source: Source;
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #token = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #streams = new EventStreams();
  readonly #server: Server;
  #guard: RequestGuard | undefined = undefined;
  #changesTimer: NodeJS.Timeout | undefined = undefined;
  #stateTimer: NodeJS.Timeout | undefined = undefined;

  constructor(source: Source, files: ReadonlyMap<string, PageFile>) {
    this.#source = source;
    this.#files = files;
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        requestTimeout: REQUEST_TIMEOUT_MS,
        headersTimeout: REQUEST_TIMEOUT_MS,
        // Else half a request keeps its place for 30 s.
        connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 2,
      },
      (request, response) => this.#onRequest(request, response),
    );
    // An HTTP instrumentation patches the prototype's `emit`: this server's requests are not the application's.
    this.#server.emit = EventEmitter.prototype.emit;
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('connection', (socket) => socket.unref());
    this.#server.on('clientError', (_error, socket) => socket.destroy());
    this.#server.unref();
  }

  /** Pages that are open now. */
  get openPages(): number {
    return this.#streams.size;
  }

  /**
   * @param port 0 for any that is free
   * @returns the address of the page, token included
   */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      withoutTracing(() => this.#server.listen(port, LOOPBACK, resolve));
    });
    // Whatever happens to a server that listens, the application goes on.
    this.#server.on('error', () => undefined);
    const { port: actual } = this.#server.address() as AddressInfo;
    this.#guard = new RequestGuard(this.#token, actual);
    return `http://${LOOPBACK}:${actual}/${this.#token}/`;
  }

  /** The source has something new. */
  noteChange(): void {
    if (this.#streams.size > 0) {
      this.#changesTimer ??= setTimeout(() => this.#sendChanges(), CHANGES_INTERVAL_MS).unref();
    }
  }

  /** Tells the pages that nothing more comes, and stops. */
  async close(): Promise<void> {
    clearInterval(this.#stateTimer);
    clearTimeout(this.#changesTimer);
    this.#sendChanges();
    this.#sendState();
    this.#streams.sendAll(eventText('end', {}));
    this.#streams.endAll();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      setTimeout(() => this.#server.closeAllConnections(), CHANGES_INTERVAL_MS).unref();
    });
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    try {
      this.#answer(request, response);
    } catch {
      // A view that fails is no reason to end the program.
      response.destroy();
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // No request has a body that anybody waits for.
    request.resume();
    const resource = this.#guard?.admit(request);
    if (resource === undefined) {
      refuse(response, 403);
    } else if (request.method !== 'GET') {
      refuse(response, 405);
    } else if (resource === 'events') {
      this.#openStream(response);
    } else {
      this.#answerOnce(resource, response);
    }
  }

  #answerOnce(resource: string, response: ServerResponse): void {
    const file = this.#files.get(resource);
    if (file !== undefined) {
      response.writeHead(200, { ...SAFE_HEADERS, 'content-type': file.type }).end(file.content);
      return;
    }
    const [view, id] = resource.split('/');
    switch (view) {
      case 'operation':
        answerJson(response, this.#source.operation(Number(id)));
        break;
      case 'texts':
        answerJson(response, this.#source.texts(Number(id)));
        break;
      case 'table':
        answerJson(response, this.#source.table());
        break;
      case 'export':
        answerJson(response, this.#source.bundle(), BUNDLE_HEADERS);
        break;
      default:
        refuse(response, 404);
    }
  }

  #openStream(response: ServerResponse): void {
    if (this.#streams.isFull) {
      refuse(response, 503);
      return;
    }
    response.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'text/event-stream' });
    const stopWatching = this.#source.watch();
    this.#stateTimer ??= setInterval(() => this.#sendState(), STATE_INTERVAL_MS).unref();
    this.#streams.open(
      response,
      () => this.#snapshot(),
      () => {
        stopWatching();
        if (this.#streams.size === 0) {
          clearInterval(this.#stateTimer);
          this.#stateTimer = undefined;
        }
      },
    );
  }

  #snapshot(): string {
    return eventText('snapshot', { state: this.#source.state(), operations: this.#source.operations() });
  }

  #sendState(): void {
    if (this.#streams.size > 0) {
      this.#streams.sendAll(eventText('state', this.#source.state()));
    }
  }

  #sendChanges(): void {
    this.#changesTimer = undefined;
    const changed = this.#source.takeChanged();
    if (changed.length > 0) {
      this.#streams.sendAll(eventText('operations', changed));
    }
  }
}

function answerJson(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  if (value === undefined) {
    refuse(response, 404);
    return;
  }
  response
    .writeHead(200, { ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(value));
}

/** Says nothing but no, and ends the connection. */
function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...SAFE_HEADERS, connection: 'close' }).end();
}
