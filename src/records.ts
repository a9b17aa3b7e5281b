/** `chunk_details` of a statement whose result came by CloudFetch. Latencies in milliseconds. */
export class ChunkDetails {
  present: number | undefined = undefined;
  iterated = 0;
  initialMs: number | undefined = undefined;
  slowestMs: number | undefined = undefined;
  sumMs = 0;
}

/** What only the log of a connection bears: `system_configuration`, `driver_connection_params`, `auth_type`. */
export interface ConnectionDetails {
  readonly driverName: string | undefined;
  readonly driverVersion: string | undefined;
  readonly runtimeName: string | undefined;
  readonly runtimeVersion: string | undefined;
  readonly runtimeVendor: string | undefined;
  readonly osName: string | undefined;
  readonly osVersion: string | undefined;
  readonly osArch: string | undefined;
  readonly localeName: string | undefined;
  readonly charSetEncoding: string | undefined;
  readonly authType: string | undefined;
  readonly httpPath: string | undefined;
  readonly mode: string | undefined;
  readonly authMech: string | undefined;
  readonly authFlow: string | undefined;
  readonly useProxy: boolean | undefined;
  readonly enableArrow: boolean | undefined;
  readonly enableDirectResults: boolean | undefined;
  readonly enableMetricViewMetadata: boolean | undefined;
  /** Seconds. */
  readonly socketTimeoutS: number | undefined;
  readonly asyncPollIntervalMs: number | undefined;
}

/**
 * One log for Databricks: an operation, or a CloudFetch download that failed. Whoever writes a field has
 * checked its value against the kind of its wire field; the encoder does not check again. `undefined`
 * leaves the field out. All fields are preset, so that all records share one shape.
 */
export class OperationRecord {
  /** `frontend_log_event_id`: made at the first encoding, kept on every retry. */
  eventId: string | undefined = undefined;
  /** When it was queued: milliseconds of the monotonic clock; -1: it has not been. Never sent. */
  queuedAt = -1;
  /** Epoch milliseconds: when the operation started. */
  startTimeMs: number;
  workspaceId: string | undefined = undefined;
  sessionId: string | undefined = undefined;
  statementId: string | undefined = undefined;
  /** Milliseconds. */
  latencyMs: number | undefined = undefined;
  operationType: string | undefined = undefined;
  /** `is_internal_call`; left out on the record of a download. */
  internal: boolean | undefined = undefined;
  statementType: string | undefined = undefined;
  resultFormat: string | undefined = undefined;
  compressed: boolean | undefined = undefined;
  /** Milliseconds. */
  readyMs: number | undefined = undefined;
  /** Milliseconds. */
  consumptionMs: number | undefined = undefined;
  pollCount: number | undefined = undefined;
  /** Milliseconds. */
  pollMs: number | undefined = undefined;
  retryCount: number | undefined = undefined;
  volumeOperation: string | undefined = undefined;
  errorName: string | undefined = undefined;
  /** Only on the record of a failed download. */
  chunkId: number | undefined = undefined;
  chunks: ChunkDetails | undefined = undefined;
  connection: ConnectionDetails | undefined = undefined;

  constructor(startTimeMs: number) {
    this.startTimeMs = startTimeMs;
  }
}
