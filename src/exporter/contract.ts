import type { ConnectionRoute, CredentialHeaders } from '../connectionHandle.js';
import type { Observation } from '../observer.js';
import type { OperationRecord } from '../records.js';
import type { BreakerSnapshot, CopyCounts } from '../stats.js';
import type { Route } from './transport.js';

/** What all requests of a lane have in common. */
export interface ExportDestination {
  readonly host: string;
  readonly port: number;
  /** Digits. */
  readonly orgId: string | undefined;
  readonly route: Route;
  /** Products only: this package, the driver, Node.js. */
  readonly userAgent: string;
  /** The connection's own further headers, as the user gave them. */
  readonly customHeaders: Readonly<Record<string, string>> | undefined;
}

/** What became of a batch. Never a rejection: results are values. */
export type ExportResult =
  /** The server took the batch; `rejected` of its records it did not keep. */
  | { readonly outcome: 'success'; readonly accepted: number; readonly rejected: number }
  /** Worth another try later: back to the head of the queue. What `Retry-After` asks for is seen to here. */
  | { readonly outcome: 'retryable'; readonly error: string }
  /** Nothing was sent, as the host is to be left alone for so long. `retryInMs` is from now. */
  | { readonly outcome: 'blocked'; readonly retryInMs: number }
  /** 401 or 403: back to the queue until the credentials may be tried again. */
  | { readonly outcome: 'unauthorized' }
  /** 413: half as many records may do. */
  | { readonly outcome: 'too_large' }
  /** A redirect, or 404 on all paths: a maintenance page, perhaps. Back to the queue for a long pause. */
  | { readonly outcome: 'misdirected'; readonly error: string }
  /** Never worth another try: the batch is dropped, and the lane pauses for so long. */
  | { readonly outcome: 'terminal'; readonly error: string; readonly pauseMs: number }
  /** Stopped by the signal: nothing is known of the batch. */
  | { readonly outcome: 'aborted' };

/** What the feature-flag endpoint said. */
export type FlagResult =
  | { readonly outcome: 'answer'; readonly enabled: boolean; readonly ttlSeconds: number | undefined }
  /** 401 or 403: this says nothing about other credentials. */
  | { readonly outcome: 'unauthorized' }
  /** `retryAfterMs`: what the server asked for, at most 15 minutes. */
  | { readonly outcome: 'failure'; readonly error: string; readonly retryAfterMs?: number }
  /** Nothing was sent, as the host has asked to be left alone for so long. */
  | { readonly outcome: 'blocked'; readonly retryInMs: number }
  | { readonly outcome: 'aborted' };

/** Which requests need credentials. */
export interface CredentialNeeds {
  readonly export: boolean;
  readonly flag: boolean;
}

/** The exporter's side of one host and port: its breaker, which of its paths answers, its sockets. */
export interface HostExporter {
  readonly needsCredentials: CredentialNeeds;
  /**
   * Sends one batch, retries included. Resolves always.
   *
   * @param credentials `undefined` where none are needed
   * @param signal the same for many batches: what listens to it is to let go of it
   */
  export(
    records: readonly OperationRecord[],
    destination: ExportDestination,
    credentials: CredentialHeaders | undefined,
    signal: AbortSignal,
  ): Promise<ExportResult>;
  /** Asks once, and waits until the signal aborts. Resolves always. */
  fetchFeatureFlag(request: FlagRequest, signal: AbortSignal): Promise<FlagResult>;
  breaker(): BreakerSnapshot;
  /** Export requests sent so far, by outcome: an HTTP status as text, or an error code. */
  requests(): Readonly<Record<string, number>>;
  /** Destroys sockets; requests in flight end as aborted. */
  close(): Promise<void>;
}

export interface FlagRequest {
  readonly destination: ExportDestination;
  /** `undefined` where none are needed. */
  readonly credentials: CredentialHeaders | undefined;
  /** `major.minor.patch`. */
  readonly driverVersion: string;
}

/** Turns records into requests: what stands behind `DatabricksExporter` and `DryRunExporter`. */
export interface RecordExporter {
  /** Whether logs say whose they are. Default: yes. */
  readonly authenticated?: boolean;
  /** Requests that were copied by `copyTo`; `undefined` without it. */
  copies?(): CopyCounts | undefined;
  /** Resolves when all copies of what was sent so far are written or dropped. Never rejects. */
  flushCopies?(): Promise<void>;
  /** Copies that are not written by now count as dropped. */
  giveUpCopies?(): void;
  /** Whether anything may be sent there: a name or an address without anything odd about it. */
  supportsHost(host: string, port: number): boolean;
  /** Whether this way can be taken faithfully: TLS, a proxy that can be spoken to. */
  supportsRoute(route: ConnectionRoute): boolean;
  /**
   * @param host one that is supported
   * @param observation who follows what is sent; default: nobody
   */
  openHost(host: string, port: number, observation?: Observation): HostExporter;
}
