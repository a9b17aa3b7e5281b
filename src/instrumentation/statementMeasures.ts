import type { Attributes } from '@opentelemetry/api';
import { Tag } from '../tags/index.js';
import { BusyTime } from './busyTime.js';
import { DownloadMeasures } from './downloadMeasures.js';
import { type DriverOperation, RESULT_FORMATS } from './driverShapes.js';
import { TimeLedger } from './timeLedger.js';
import { addTimeTags } from './timeTags.js';

/**
 * What is counted and timed of one statement, and the tags that come of it. Nothing here reads a clock: events
 * come with their time, in monotonic milliseconds.
 */
export class StatementMeasures {
  readonly ledger: TimeLedger;
  volumeOperation: string | undefined = undefined;

  readonly #isKernel: boolean;
  #retryCount = 0;
  #answeredMs: number | undefined = undefined;
  #failedMs: number | undefined = undefined;
  #givenUpMs: number | undefined = undefined;
  #readyMs: number | undefined = undefined;
  #readyAt = 0;
  #rows: number | undefined = undefined;
  #bytes: number | undefined = undefined;
  #pollCount = 0;
  readonly #pollTime = new BusyTime();
  #filesOffered: number | undefined = undefined;
  #downloads: DownloadMeasures | undefined = undefined;

  /** @param isKernel the kernel backend polls, retries and downloads on its own, where nobody can look */
  constructor(startedAt: number, isKernel: boolean) {
    this.ledger = new TimeLedger(startedAt, !isKernel);
    this.#isKernel = isKernel;
  }

  get answered(): boolean {
    return this.#answeredMs !== undefined;
  }

  get rows(): number | undefined {
    return this.#rows;
  }

  /**
   * Time that the application waited until the answer was ready; where there was none, until the failure, or
   * until the application gave up. A volume transfer is all of one call.
   */
  latencyMs(now: number): number {
    if (this.volumeOperation !== undefined) {
      return this.ledger.waitedMs(now);
    }
    return this.#answeredMs ?? this.#failedMs ?? this.#givenUpMs ?? this.ledger.waitedMs(now);
  }

  onAnswered(now: number): void {
    this.#answeredMs ??= this.ledger.waitedMs(now);
  }

  onFailed(now: number): void {
    this.#failedMs = this.ledger.waitedMs(now);
  }

  /** Trying again helped: there is no failure any more. */
  onRecovered(): void {
    this.#failedMs = undefined;
    this.#retryCount++;
  }

  /** The application begins to close or cancel. */
  onGivenUp(now: number): void {
    this.#givenUpMs ??= this.ledger.waitedMs(now);
  }

  /** The first rows are handed over, or the news that there are none. */
  onReady(now: number): void {
    if (this.#readyMs === undefined) {
      this.onAnswered(now);
      this.#readyMs = this.ledger.waitedMs(now);
      this.#readyAt = now;
    }
  }

  onRows(count: number, now: number): void {
    this.#rows = (this.#rows ?? 0) + count;
    this.onReady(now);
  }

  /** A status request is made. */
  onPoll(now: number): void {
    this.#pollCount++;
    this.#pollTime.begin(now);
  }

  /** It was answered, or failed. */
  onPolled(now: number): void {
    this.#pollTime.end(now);
  }

  /** The driver tries a request again. @param since when the attempt began that failed */
  onRetry(since: number, now: number): void {
    this.#retryCount++;
    this.ledger.retried(since, now);
  }

  /** A page of rows, or of links to files, came from the server. */
  onPage(inlineBytes: number | undefined, links: number): void {
    if (inlineBytes !== undefined) {
      this.#bytes = (this.#bytes ?? 0) + inlineBytes;
    }
    this.#filesOffered = (this.#filesOffered ?? 0) + links;
  }

  /** @returns the index of the file in its result */
  onDownload(now: number): number {
    this.#downloads ??= new DownloadMeasures();
    this.ledger.downloadBegins(now);
    return this.#downloads.begin(now);
  }

  onDownloaded(index: number, begunAt: number, now: number, bytes: number): void {
    this.#bytes = (this.#bytes ?? 0) + bytes;
    this.ledger.downloadEnds(now);
    this.#downloads?.onSuccess(index, begunAt, now, bytes);
  }

  onDownloadFailed(now: number): void {
    this.ledger.downloadEnds(now);
    this.#downloads?.onFailure(now);
  }

  attributes(operation: DriverOperation | undefined, now: number): Attributes {
    const attributes: Attributes = { [Tag.operationLatencyMs]: Math.round(this.latencyMs(now)) };
    addTimeTags(attributes, this.ledger, now);
    if (!this.#isKernel) {
      attributes[Tag.pollCount] = this.#pollCount;
      attributes[Tag.pollLatencyMs] = Math.round(this.#pollTime.elapsedMs(now));
      attributes[Tag.retryCount] = this.#retryCount;
      this.#addFormat(attributes, operation, now);
    }
    if (this.volumeOperation !== undefined) {
      // Its one row is the driver's own affair: what is transferred is a file.
      attributes[Tag.volumeOperation] = this.volumeOperation;
      attributes[Tag.statementType] = 'VOLUME';
      return attributes;
    }
    if (this.#readyMs !== undefined) {
      attributes[Tag.resultReadyLatencyMs] = Math.round(this.#readyMs);
      attributes[Tag.resultConsumptionLatencyMs] = Math.round(now - this.#readyAt);
    }
    if (this.#bytes !== undefined) {
      attributes[Tag.resultBytesDownloaded] = this.#bytes;
    }
    return attributes;
  }

  #addFormat(attributes: Attributes, operation: DriverOperation | undefined, now: number): void {
    const metadata = operation?.backend.metadata;
    // Thrift writes null for what an answer left out, and a format even where there is no result set.
    if (metadata === undefined || metadata === null || operation?.backend.hasResultSet() === false) {
      return;
    }
    const format = RESULT_FORMATS.get(metadata.resultFormat);
    if (format !== undefined) {
      attributes[Tag.resultFormat] = format;
    }
    attributes[Tag.resultCompressed] = metadata.lz4Compressed === true;
    if (format === 'EXTERNAL_LINKS') {
      if (this.#filesOffered !== undefined) {
        attributes[Tag.resultChunkCount] = this.#filesOffered;
      }
      (this.#downloads ?? new DownloadMeasures()).addTo(attributes, now);
    }
  }
}
