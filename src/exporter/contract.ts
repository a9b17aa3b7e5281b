import type { ConnectionRoute, CredentialHeaders } from '../connectionHandle.js';
import type { OperationRecord } from '../records.js';

/** Where the headers of a lane's requests come from. */
export interface CredentialSource {
  /** The headers to use now; `undefined` if there are none yet. Never rejects. */
  get(signal: AbortSignal): Promise<CredentialHeaders | undefined>;
  /** After a 401: these headers are not to be used again. */
  reject(headers: CredentialHeaders): void;
  /** Calls back when `get` may give other headers than those that were rejected. */
  onChange(callback: () => void): void;
}

/** One lane's way to Databricks: what its requests are sent by and as whom. */
export interface ExportDestination {
  readonly host: string;
  readonly port: number;
  readonly orgId: string | undefined;
  readonly route: ConnectionRoute;
  /** Products only: this package, the driver, Node.js. */
  readonly userAgent: string;
  readonly credentials: CredentialSource;
}

/** What became of a batch. Never a rejection: results are values. */
export type ExportResult =
  /** The server took the batch; `rejected` of its records it did not keep. */
  | { readonly outcome: 'success'; readonly accepted: number; readonly rejected: number }
  /** Worth another try later: back to the head of the queue. */
  | { readonly outcome: 'retryable'; readonly error: string; readonly retryAfterMs?: number }
  /** Nothing was sent because the breaker is open (or its one probe is under way). `retryInMs` is from now. */
  | { readonly outcome: 'blocked'; readonly retryInMs: number }
  /** 401, or no credentials yet: back to the queue until the credentials change, or the pause is over. */
  | { readonly outcome: 'unauthorized'; readonly pauseMs: number }
  /** Never worth another try: the batch is dropped. The lane pauses if `pauseMs` is above 0. */
  | { readonly outcome: 'terminal'; readonly error: string; readonly pauseMs: number }
  /** Stopped by the signal: nothing is known of the batch. */
  | { readonly outcome: 'aborted' };

/** What the feature-flag endpoint said. */
export type FlagResult =
  | { readonly outcome: 'answer'; readonly enabled: boolean; readonly ttlSeconds: number | undefined }
  | { readonly outcome: 'failure'; readonly error: string; readonly retryAfterMs?: number }
  | { readonly outcome: 'aborted' };

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerSnapshot {
  readonly state: BreakerState;
  /** Epoch milliseconds since when it is open; `undefined` unless open or half-open. */
  readonly openSince: number | undefined;
  /** How often its state has changed. */
  readonly transitions: number;
}

/** The exporter's side of one host and port: its breaker, which of its paths answers, its sockets. */
export interface HostExporter {
  /**
   * Sends one batch, retries included. Resolves always.
   *
   * @param signal the same for many batches: what listens to it is to let go of it
   */
  export(
    records: readonly OperationRecord[],
    destination: ExportDestination,
    signal: AbortSignal,
  ): Promise<ExportResult>;
  /** Asks once. Resolves always. */
  fetchFeatureFlag(
    destination: ExportDestination,
    driverVersion: string,
    signal: AbortSignal,
  ): Promise<FlagResult>;
  breaker(): BreakerSnapshot;
  /** Export requests sent so far, by outcome: an HTTP status as text, or an error code. */
  requests(): Readonly<Record<string, number>>;
  /** Destroys sockets; requests in flight end as aborted. */
  close(): Promise<void>;
}

/** Turns records into requests. Implemented by `DatabricksExporter` and `DryRunExporter`. */
export interface RecordExporter {
  /**
   * @returns `undefined` if nothing may be sent there (a host that fails validation); the caller counts it
   */
  openHost(host: string, port: number): HostExporter | undefined;
  /** Whether this way can be taken faithfully: TLS, a proxy that can be spoken to. */
  supportsRoute(route: ConnectionRoute): boolean;
}
