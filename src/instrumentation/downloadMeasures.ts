import type { Attributes } from '@opentelemetry/api';
import { Tag } from '../tags/index.js';
import { BusyTime } from './busyTime.js';

const MS_PER_SECOND = 1_000;

/** The CloudFetch downloads of one statement. Latencies are of those that succeeded, retries included. */
export class DownloadMeasures {
  readonly #busy = new BusyTime();
  #begun = 0;
  #read = 0;
  #bytes = 0;
  #initialMs: number | undefined = undefined;
  #slowestMs = 0;
  #sumMs = 0;

  /** @returns the index of the file in its result */
  begin(now: number): number {
    this.#busy.begin(now);
    return this.#begun++;
  }

  onSuccess(index: number, begunAt: number, now: number, bytes: number): void {
    this.#busy.end(now);
    this.#read++;
    this.#bytes += bytes;
    const latencyMs = now - begunAt;
    this.#sumMs += latencyMs;
    this.#slowestMs = Math.max(this.#slowestMs, latencyMs);
    // The first file's latency; until that is known, that of the first to arrive.
    if (index === 0 || this.#initialMs === undefined) {
      this.#initialMs = latencyMs;
    }
  }

  onFailure(now: number): void {
    this.#busy.end(now);
  }

  addTo(attributes: Attributes, now: number): void {
    attributes[Tag.resultChunkIteratedCount] = this.#read;
    attributes[Tag.resultChunkSumLatencyMs] = Math.round(this.#sumMs);
    if (this.#initialMs !== undefined) {
      attributes[Tag.resultChunkInitialLatencyMs] = Math.round(this.#initialMs);
      attributes[Tag.resultChunkSlowestLatencyMs] = Math.round(this.#slowestMs);
    }
    const busyMs = this.#busy.elapsedMs(now);
    if (this.#bytes > 0 && busyMs > 0) {
      attributes[Tag.downloadBytesPerSecond] = Math.round((this.#bytes * MS_PER_SECOND) / busyMs);
    }
  }
}
