import type { ConnectionOptions } from '@databricks/sql/dist/contracts/IDBSQLClient.js';
import type { TestCertificate } from './certificates.js';
import type { ResultFormat, Scenario, ServerError } from './scenario.js';
import type { TelemetryLog } from './telemetry-log.js';

export type ConnectOptions = ConnectionOptions;

export interface LocalDatabricksOptions {
  readonly requireClientCertificate?: boolean;
  /** Default: one made per process. */
  readonly certificate?: TestCertificate;
  /** false: forget each statement and recorded request once it is over, and only count. Default true. */
  readonly keepTruth?: boolean;
}

export interface LocalDatabricks {
  readonly host: string;
  readonly port: number;
  /** PEM of the CA that a client must trust. The certificate names 127.0.0.1, localhost, *.cloud.databricks.test. */
  readonly ca: string;
  /**
   * What to give to `client.connect()`, with short retry delays. With `checkServerCertificate: false` the CA
   * is left out, and connections are ten times as fast.
   */
  connectOptions(overrides?: Partial<ConnectOptions>): ConnectOptions;
  /** The same for the driver's kernel backend, which speaks REST to this same server. */
  kernelConnectOptions(overrides?: Partial<ConnectOptions>): ConnectOptions;
  readonly truth: Truth;
  readonly telemetry: TelemetryEndpoint;
  readonly flags: FlagEndpoint;
  readonly faults: Faults;
  /** Forgets truth, recorded requests, behaviours and faults, and keeps listening. */
  reset(): void;
  /** Stops at once, hanging requests included. */
  close(): Promise<void>;
}

/** What the server itself knows: the yardstick for what others claim to have observed. */
export interface Truth {
  readonly sessions: readonly SessionTruth[];
  /** In order of arrival, metadata calls included. */
  readonly statements: readonly StatementTruth[];
  /** Requests by Thrift method (and REST operation), failed ones included. */
  readonly calls: ReadonlyMap<string, number>;
  /** The bearer tokens of all requests for SQL, of either backend. */
  readonly tokens: ReadonlySet<string>;
  statement(id: string): StatementTruth | undefined;
}

export interface SessionTruth {
  id: string;
  openedAt: number;
  closedAt?: number;
  /** The bearer token of the OpenSession request. */
  token: string;
  configuration: Record<string, string>;
}

/** Times are `performance.now()` milliseconds of the server's process. */
export interface StatementTruth {
  id: string;
  sessionId: string;
  /** 'ExecuteStatement', 'GetCatalogs', … */
  method: string;
  sql?: string;
  /** PENDING, RUNNING, FINISHED, ERROR, TIMEDOUT, CANCELED, CLOSED; REJECTED: the client got no operation handle. */
  state: string;
  /** Unset for a statement that has no result set. */
  format?: ResultFormat;
  lz4: boolean;
  /** GetOperationStatus requests that arrived; `statusAnswers` of them were answered. */
  statusCalls: number;
  statusAnswers: number;
  fetchCalls: number;
  metadataCalls: number;
  /** Thrift requests for this statement, downloads not included. */
  requests: RequestTruth[];
  /** Requests of any kind for this statement, downloads included; `httpFailures` of them were made to fail. */
  httpAttempts: number;
  httpFailures: number;
  /** Rows and payload bytes that were served: Arrow batches, column values, or downloaded files, as sent. */
  rows: number;
  bytes: number;
  filesOffered: number;
  downloads: DownloadTruth[];
  cancelled: boolean;
  closed: boolean;
  startedAt: number;
  /** Where the scenario goes by the clock: since when it runs. */
  runningAt?: number;
  /** The answer with the final state was ready to go. */
  readyAt?: number;
  /** The last page was ready to go. */
  exhaustedAt?: number;
  /** Closed, cancelled, rejected. */
  endedAt?: number;
  parameters?: ParameterTruth[];
  confOverlay?: Record<string, string>;
  queryTags?: string;
  /** What went over the presigned URL of a volume operation. */
  staged?: { method: string; status: number; body: Buffer };
}

/** From when a request had arrived until its answer was ready to go. */
export interface RequestTruth {
  method: string;
  startedAt: number;
  endedAt: number;
  /** Whether it was answered: false for a fault of the wire. */
  answered: boolean;
  /** The statement's state when the answer was ready. */
  state: string;
}

export interface DownloadTruth {
  index: number;
  /** 0 for a socket that was reset or left hanging. */
  status: number;
  bytes: number;
  startedAt: number;
  endedAt: number;
  /** From 1, per file. */
  attempt: number;
}

export interface ParameterTruth {
  name?: string;
  type?: string;
  value?: string | number | boolean;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** `performance.now()` */
  readonly at: number;
}

/** How an HTTP endpoint answers. 'hang' stalls before the headers. */
export type EndpointBehaviour =
  | 'ok'
  | 'hang'
  | 'hang-in-body'
  | 'reset'
  | 'reset-in-body'
  | 'garbage'
  | 'endless-body'
  | { readonly partial: number }
  | {
      readonly status: number;
      readonly retryAfter?: string;
      readonly body?: string;
      readonly delayMs?: number;
      /** From the headers to the body. */
      readonly bodyDelayMs?: number;
      readonly location?: string;
    };

export type PathFamily = 'short' | 'long' | 'both' | 'none';

export interface TelemetryEndpoint {
  /** Every request to either path family, byte for byte. */
  readonly requests: readonly RecordedRequest[];
  /** Counted even where requests are not kept. */
  readonly requestCount: number;
  readonly logCount: number;
  /** Every log of the accepted requests, decoded. */
  logs(): TelemetryLog[];
  /** With `times`: the next so many requests, after those asked for before. Without: from now on. */
  answer(behaviour: EndpointBehaviour, times?: number): void;
  /** Which paths exist: short is /telemetry-*, long is /api/2.0/sql/telemetry-*. The others answer 404. */
  paths(family: PathFamily): void;
  waitForRequests(n: number, timeoutMs?: number): Promise<void>;
  waitForLogs(n: number, timeoutMs?: number): Promise<TelemetryLog[]>;
}

export interface FlagSetting {
  readonly enabled?: boolean | 'absent';
  readonly ttlSeconds?: number;
  /** The flag's text, in place of 'true' or 'false'. */
  readonly value?: string;
}

export interface FlagEndpoint {
  readonly requests: readonly RecordedRequest[];
  readonly requestCount: number;
  set(flag: FlagSetting): void;
  answer(behaviour: EndpointBehaviour, times?: number): void;
  waitForRequests(n: number, timeoutMs?: number): Promise<void>;
}

/** How an RPC goes wrong; `scenario` makes a metadata call act out a statement's scenario. */
export type RpcFault =
  | 'reset'
  | 'hang'
  | { readonly status: number; readonly retryAfter?: string }
  | { readonly delayMs: number }
  | { readonly thriftStatus: ServerError }
  | { readonly scenario: Scenario };

/** Faults by Thrift method, for RPCs that no SQL text speaks for. */
export interface Faults {
  next(method: string, fault: RpcFault, times?: number): void;
  always(method: string, fault: RpcFault): void;
  clear(): void;
}

export interface ConnectProxy {
  readonly host: string;
  readonly port: number;
  readonly connects: readonly {
    readonly host: string;
    readonly port: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly at: number;
  }[];
  close(): Promise<void>;
}
