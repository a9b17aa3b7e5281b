import type { ConnectionHandle } from '../connectionHandle.js';
import type { ConnectionLease } from '../hosts/lease.js';
import type { InFlightEntry } from '../inFlight.js';
import { ChunkDetails } from '../records.js';
import type { ReadableSpanLike } from '../spanShape.js';

/** A download that failed: it becomes a record of its own beside its statement's. */
export interface FailedDownload {
  readonly startTimeMs: number;
  readonly latencyMs: number | undefined;
  readonly chunkId: number;
  readonly errorName: string | undefined;
}

/** Failed downloads kept per statement. */
export const MAX_FAILED_DOWNLOADS = 50;

/** An operation whose span has started and not ended, with what the spans of its downloads have shown so far. */
export class OpenOperation implements InFlightEntry {
  readonly key: string;
  openedAtStep = 0;
  readonly span: ReadableSpanLike;
  readonly connection: ConnectionHandle;
  readonly lease: ConnectionLease;
  chunks: ChunkDetails | undefined = undefined;
  failedDownloads: FailedDownload[] | undefined = undefined;

  constructor(span: ReadableSpanLike, connection: ConnectionHandle, lease: ConnectionLease) {
    this.key = span.spanContext().spanId;
    this.span = span;
    this.connection = connection;
    this.lease = lease;
  }

  /** Takes in a download that succeeded; without its latency, only that it did. */
  addDownload(chunkIndex: number, latencyMs: number | undefined): void {
    this.chunks ??= new ChunkDetails();
    const chunks = this.chunks;
    chunks.iterated = (chunks.iterated ?? 0) + 1;
    if (latencyMs === undefined) {
      return;
    }
    chunks.sumMs = (chunks.sumMs ?? 0) + latencyMs;
    if (chunks.slowestMs === undefined || latencyMs > chunks.slowestMs) {
      chunks.slowestMs = latencyMs;
    }
    // The first file's latency; until that is known, that of the first to arrive.
    if (chunkIndex === 0 || chunks.initialMs === undefined) {
      chunks.initialMs = latencyMs;
    }
  }

  /** @returns false if there were too many already */
  addFailedDownload(download: FailedDownload): boolean {
    this.failedDownloads ??= [];
    if (this.failedDownloads.length >= MAX_FAILED_DOWNLOADS) {
      return false;
    }
    this.failedDownloads.push(download);
    return true;
  }
}
