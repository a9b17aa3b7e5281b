import type { ConnectionLease } from '../hosts/contract.js';
import { ChunkDetails } from '../records.js';
import type { ReadableSpanLike } from './spanShape.js';

/** A download that failed: it becomes a record of its own beside its statement's. */
export interface FailedDownload {
  readonly startTimeMs: number;
  readonly latencyMs: number;
  readonly chunkId: number;
  readonly errorName: string;
}

/** Failed downloads kept per statement. */
export const MAX_FAILED_DOWNLOADS = 50;

/** An operation whose span has started and not ended, with what its inner spans have told so far. */
export class OpenOperation {
  readonly span: ReadableSpanLike;
  readonly lease: ConnectionLease;
  /** Whole milliseconds of the monotonic clock at the start. */
  readonly openedAt: number;
  chunks: ChunkDetails | undefined = undefined;
  failedDownloads: FailedDownload[] | undefined = undefined;

  constructor(span: ReadableSpanLike, lease: ConnectionLease, openedAt: number) {
    this.span = span;
    this.lease = lease;
    this.openedAt = openedAt;
  }

  /** Takes in a download that succeeded. */
  addDownload(chunkIndex: number, latencyMs: number): void {
    this.chunks ??= new ChunkDetails();
    const chunks = this.chunks;
    chunks.iterated++;
    chunks.sumMs += latencyMs;
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
