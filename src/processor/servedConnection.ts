import type { ConnectionEndpoint, ConnectionServer, DownloadFailure } from '../connectionHandle.js';
import type { ConnectionLease } from '../hosts/lease.js';

/** What a served connection's handle bears: who serves it, and its share in the host. */
export class ServedConnection implements ConnectionServer {
  readonly server: object;
  readonly lease: ConnectionLease;
  readonly onDownloadFailed: (failure: DownloadFailure) => void;

  constructor(server: object, lease: ConnectionLease, onDownloadFailed: (failure: DownloadFailure) => void) {
    this.server = server;
    this.lease = lease;
    this.onDownloadFailed = onDownloadFailed;
  }

  accepts(endpoint: ConnectionEndpoint): boolean {
    return this.lease.accepts(endpoint);
  }
}
