import {
  type ConnectionEndpoint,
  type ConnectionHandle,
  type CredentialHeaders,
  haveSameHeaders,
} from '../connectionHandle.js';
import type { DriverWire } from './driverShapes.js';

const NO_HEADERS: CredentialHeaders = {};
/** Bytes of a strict Thrift message before its name: version and the name's length. */
const NAME_AT = 8;

/**
 * Watches one `ThriftHttpConnection`: what it is about to send is what is really sent. Only while somebody
 * serves the connection; the hot path, since it runs for each of the driver's requests.
 */
export class Witness {
  readonly #handle: ConnectionHandle;
  readonly #endpoint: ConnectionEndpoint;
  readonly #url: unknown;
  readonly #agent: unknown;
  /** Headers of the driver's own that authenticate nobody: its `User-Agent`. */
  readonly #ownHeaders: Readonly<Record<string, unknown>>;
  /** As they were sent last. */
  #headers: CredentialHeaders | undefined = undefined;
  /** The first request with these headers: answers to earlier ones say nothing about them. */
  #firstSeqId = Number.POSITIVE_INFINITY;

  /**
   * @param endpoint where the requests of this wire go
   * @param ownHeaders headers that every request has, whoever authenticates
   */
  constructor(
    wire: DriverWire,
    handle: ConnectionHandle,
    endpoint: ConnectionEndpoint,
    ownHeaders: Readonly<Record<string, unknown>>,
  ) {
    this.#handle = handle;
    this.#endpoint = endpoint;
    this.#url = wire.url;
    this.#agent = wire.config?.agent;
    this.#ownHeaders = ownHeaders;
  }

  /** The driver is about to send a request. */
  onWrite({ url, config }: DriverWire, seqId: unknown): void {
    const handle = this.#handle;
    if (handle.served === undefined || handle.isClosed) {
      return;
    }
    if (url !== this.#url || config?.agent !== this.#agent) {
      // Somebody has turned the wire elsewhere: it is not this connection's any more.
      handle.close();
      return;
    }
    const headers = (config?.headers ?? NO_HEADERS) as CredentialHeaders;
    if (this.#headers !== undefined && haveSameHeaders(this.#headers, headers)) {
      return;
    }
    this.#headers = { ...headers };
    this.#firstSeqId = typeof seqId === 'number' ? seqId : Number.POSITIVE_INFINITY;
    handle.onRequest(this.#endpoint, this.#credentialsIn(headers));
  }

  /** The server has answered with HTTP status 200. */
  onAnswer(transport: unknown): void {
    if (this.#handle.served !== undefined && sequenceIdOf(transport) >= this.#firstSeqId) {
      this.#handle.onAccepted();
    }
  }

  #credentialsIn(headers: Readonly<Record<string, unknown>>): CredentialHeaders {
    if (!this.#endpoint.route.https) {
      return NO_HEADERS;
    }
    const credentials: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      if (typeof value === 'string' && value !== this.#ownHeaders[name]) {
        credentials[name] = value;
      }
    }
    return credentials;
  }
}

interface ReceivedMessage {
  readonly inBuf?: unknown;
  readonly readCursor?: unknown;
  readonly writeCursor?: unknown;
}

/** The sequence id of a received Thrift message; `NaN`, which compares as no answer at all, if it has none. */
function sequenceIdOf(transport: unknown): number {
  const { inBuf, readCursor, writeCursor } = (transport ?? {}) as ReceivedMessage;
  if (!Buffer.isBuffer(inBuf) || typeof readCursor !== 'number' || typeof writeCursor !== 'number') {
    return Number.NaN;
  }
  if (writeCursor - readCursor < NAME_AT || inBuf.readInt32BE(readCursor) >= 0) {
    return Number.NaN;
  }
  const at = readCursor + NAME_AT + inBuf.readInt32BE(readCursor + 4);
  return at >= readCursor + NAME_AT && at + 4 <= writeCursor ? inBuf.readInt32BE(at) : Number.NaN;
}
