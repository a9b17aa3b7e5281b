/**
 * `chunk_details` of a statement whose result came by CloudFetch. Latencies in milliseconds. `undefined` leaves
 * a field out.
 */
export class ChunkDetails {
  present: number | undefined = undefined;
  iterated: number | undefined = 0;
  initialMs: number | undefined = undefined;
  slowestMs: number | undefined = undefined;
  sumMs: number | undefined = 0;
}

/**
 * What only the log of a connection has: checked values by the paths of their wire fields, in the order of the
 * tag table.
 */
export type ConnectionFields = ReadonlyMap<string, string | number | boolean>;

/**
 * One log for Databricks: an operation, or a CloudFetch download that failed. Whoever writes a field has
 * checked its value against the rule of its tag; the encoder does not check again. `undefined` leaves the
 * field out. All fields are preset, so that all records share one shape.
 */
export class OperationRecord {
  /** `frontend_log_event_id`: made at the first encoding, kept on every retry. */
  eventId: string | undefined = undefined;
  /** When it was queued: whole milliseconds of the monotonic clock; -1: it has not been. Never sent. */
  queuedAt = -1;
  /** The order among records with the same `queuedAt`. Never sent. */
  sequence = 0;
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
  /** Only where the result came as files. */
  chunks: ChunkDetails | undefined = undefined;
  connection: ConnectionFields | undefined = undefined;

  constructor(startTimeMs: number) {
    this.startTimeMs = startTimeMs;
  }
}

/** Members of a record that tags fill one by one. */
export type OperationMember = Exclude<
  {
    [Key in keyof OperationRecord]: undefined extends OperationRecord[Key] ? Key : never;
  }[keyof OperationRecord],
  'eventId' | 'chunks' | 'connection'
>;

/** Where a record keeps the value of a statement's tag. */
export type RecordMember = OperationMember | `chunks.${keyof ChunkDetails}`;
