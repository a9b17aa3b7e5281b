import type { Attributes } from '@opentelemetry/api';
import { givenOption } from './givenOption.js';
import { callAll } from './guard.js';

/** A proxy that the SQL connection uses. */
export interface ProxyRoute {
  /** `http`, `https`, or one of the `socks` family. */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
}

/** How the SQL connection reaches its host. Telemetry goes the same way or not at all. */
export interface ConnectionRoute {
  /** False for a connection without TLS: nothing is sent for it. */
  readonly https: boolean;
  readonly proxy?: ProxyRoute;
  /** Trusted certificates in PEM form; `undefined`: Node.js's own. */
  readonly ca?: ReadonlyArray<string | Buffer>;
  readonly clientCert?: string | Buffer;
  readonly clientKey?: string | Buffer;
  readonly rejectUnauthorized: boolean;
}

/** Where the requests of a connection go, as the driver was seen to send one. */
export interface ConnectionEndpoint {
  readonly host: string;
  readonly port: number;
  /** The workspace's id, sent as `x-databricks-org-id`; digits. */
  readonly orgId: string | undefined;
  readonly route: ConnectionRoute;
  /** The connection's own further headers (`customHeaders`): none that authenticates or describes a body. */
  readonly customHeaders?: Readonly<Record<string, string>>;
}

/** The HTTP headers with which a request authenticated. */
export type CredentialHeaders = Readonly<Record<string, string>>;

/**
 * What one connection says for itself about telemetry; see the gate. For `enableTelemetry` and
 * `driverTelemetryEnabled` everything but `undefined` and `true` is a no.
 */
export interface ConnectionTelemetryOptions {
  readonly enableTelemetry?: unknown;
  /** Only `true` counts. */
  readonly forceEnableTelemetry?: unknown;
  /** The driver's own `telemetryEnabled` as the user gave it. */
  readonly driverTelemetryEnabled?: unknown;
}

/** Whatever is set and is not `true` is a no: an untyped caller who writes 'false' must not be ignored. */
export function isNo(value: unknown): boolean {
  return value !== undefined && value !== true;
}

/** Whether the connection's own options say that nothing of it is to be sent. */
export function saysNo({ enableTelemetry, driverTelemetryEnabled }: ConnectionTelemetryOptions): boolean {
  return isNo(enableTelemetry) || isNo(driverTelemetryEnabled);
}

/** Hears of what becomes of a connection. Methods run on the driver's own path: they are short. */
export interface ConnectionListener {
  /** The driver has sent its first request: `endpoint` and `credentials` are known from now on. */
  onEndpoint?(): void;
  /** The driver has sent a request with other credentials than before. */
  onCredentials?(): void;
  /** The server has accepted a request that bore the present credentials. Called for every such answer. */
  onAccepted?(): void;
  /** The connection is closed. Called once. */
  onClose?(): void;
}

/** A file of a result that could not be downloaded. */
export interface DownloadFailure {
  /** The id of the statement's span, which has not ended. */
  readonly statementSpanId: string;
  /** When the download began: epoch milliseconds. */
  readonly startTimeMs: number;
  /** Milliseconds from its beginning to its failure. */
  readonly latencyMs: number;
  /** The file's place in the result, from 0. */
  readonly chunkIndex: number;
  /** As `error.type` of a span. */
  readonly errorType: string;
}

/** The processor that serves a connection. */
export interface ConnectionServer {
  /**
   * Whether records could be sent there. Asked before the driver's first request, to decide whether the
   * driver's own telemetry is to stay silent.
   */
  accepts(endpoint: ConnectionEndpoint): boolean;
  /**
   * A download of a statement has failed: that becomes a record of its own. For drivers that make no span of the
   * download. Never throws.
   */
  onDownloadFailed(failure: DownloadFailure): void;
}

/** What is known of a connection before its driver's first request. */
export interface ConnectionHandleOptions {
  /** `major.minor.patch` of the driver: part of the feature flag's path. */
  readonly driverVersion: string;
  /** Name and version of the driver as a product token of the `User-Agent`. */
  readonly driverProduct: string;
  /** What the connection's own options say. Default: nothing. */
  readonly telemetry?: ConnectionTelemetryOptions;
  /**
   * True if the connection authenticates with one token that never changes. Connections with the same token
   * may then share requests. Default false: its records travel alone.
   */
  readonly hasStaticToken?: boolean;
  /** See the member of this name. Default: none. */
  readonly tags?: Attributes;
  /** Whether the driver reports the connection by itself, so that nobody else should begin to. Default: no. */
  readonly isSelfReporting?: () => boolean;
}

/**
 * A connection as the processor of its spans sees it. It travels in the OpenTelemetry Context in which the
 * spans of the connection are started, never on a span.
 *
 * The driver's own requests are the witness: where telemetry may go, by which route and with which
 * credentials is what the driver was seen to send. Until its first request nothing is known.
 */
export class ConnectionHandle {
  readonly driverVersion: string;
  readonly driverProduct: string;
  readonly telemetry: ConnectionTelemetryOptions;
  readonly hasStaticToken: boolean;
  /**
   * Tags that describe the connection and are for Databricks only, by their names in the table of tags. They never
   * stand on a span, so no other processor sees them. They are read, by the same rules as attributes, when the
   * span of a session's opening ends; an attribute of that span goes before a tag of the same name here.
   */
  tags: Attributes;
  /** Set by the one processor that serves the connection; whoever comes later leaves it alone. */
  served: ConnectionServer | undefined = undefined;
  /**
   * Whether somebody wants the inner spans of its statements. Set by whoever does, at the latest when the span
   * of the statement starts: nobody makes what nobody wants.
   */
  innerSpansWanted = false;
  readonly #isSelfReporting: (() => boolean) | undefined;
  readonly #listeners = new Set<ConnectionListener>();
  #endpoint: ConnectionEndpoint | undefined = undefined;
  #credentials: CredentialHeaders | undefined = undefined;
  #isClosed = false;

  constructor(options: ConnectionHandleOptions) {
    this.driverVersion = options.driverVersion;
    this.driverProduct = options.driverProduct;
    const telemetry = options.telemetry ?? {};
    this.telemetry = {
      enableTelemetry: telemetry.enableTelemetry,
      forceEnableTelemetry: givenOption(telemetry, 'forceEnableTelemetry'),
      driverTelemetryEnabled: telemetry.driverTelemetryEnabled,
    };
    this.hasStaticToken = givenOption(options, 'hasStaticToken') === true;
    this.tags = options.tags ?? {};
    this.#isSelfReporting = options.isSelfReporting;
  }

  /** `undefined` until the driver's first request. It never changes afterwards. */
  get endpoint(): ConnectionEndpoint | undefined {
    return this.#endpoint;
  }

  /** The credentials of the driver's latest request. */
  get credentials(): CredentialHeaders | undefined {
    return this.#credentials;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get selfReporting(): boolean {
    return this.#isSelfReporting?.() === true;
  }

  /** @internal A listener of a closed connection hears nothing. */
  listen(listener: ConnectionListener): void {
    if (!this.#isClosed) {
      this.#listeners.add(listener);
    }
  }

  /**
   * The driver sends a request of this connection. The hot path: nothing is made for credentials that are
   * those of the request before.
   *
   * @param endpoint where it goes; the same object every time. A request to anywhere else is not this
   *   connection's and is ignored.
   * @param credentials the headers with which it authenticates
   */
  onRequest(endpoint: ConnectionEndpoint, credentials: CredentialHeaders): void {
    if (this.#isClosed || (this.#endpoint !== undefined && this.#endpoint !== endpoint)) {
      return;
    }
    if (this.#credentials !== undefined && haveSameHeaders(this.#credentials, credentials)) {
      return;
    }
    this.#credentials = { ...credentials };
    if (this.#endpoint === undefined) {
      this.#endpoint = endpoint;
      callAll(this.#listeners, notifyEndpoint);
    } else {
      callAll(this.#listeners, notifyCredentials);
    }
  }

  /** The server has accepted a request that bore the present credentials. */
  onAccepted(): void {
    for (const listener of this.#listeners) {
      listener.onAccepted?.();
    }
  }

  /** The connection is over. Idempotent. */
  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      callAll(this.#listeners, notifyClose);
      this.#listeners.clear();
    }
  }
}

/** Whether both hold the same headers, and nothing else. Makes nothing. */
export function haveSameHeaders(one: CredentialHeaders, other: CredentialHeaders): boolean {
  let more = 0;
  for (const name in other) {
    if (other[name] !== one[name]) {
      return false;
    }
    more++;
  }
  for (const _ in one) {
    more--;
  }
  return more === 0;
}

function notifyEndpoint(listener: ConnectionListener): void {
  listener.onEndpoint?.();
}

function notifyCredentials(listener: ConnectionListener): void {
  listener.onCredentials?.();
}

function notifyClose(listener: ConnectionListener): void {
  listener.onClose?.();
}
