import type { ConnectionEndpoint } from '../connectionHandle.js';
import type { OperationRecord } from '../records.js';

/** One connection's share in its host, from the connection's start to its close. */
export interface ConnectionLease {
  /** False if the gate says off for this connection: nothing need be gathered for it. */
  readonly enabled: boolean;
  /** Whether records of a connection to this endpoint could be sent. */
  accepts(endpoint: ConnectionEndpoint): boolean;
  /** Queues a record. Never throws; what can't be kept is counted. */
  enqueue(record: OperationRecord): void;
  /** Sends what is queued in the connection's lane soon, in the background. */
  flush(): void;
  /** Gives the share back. Idempotent. */
  release(): void;
}
