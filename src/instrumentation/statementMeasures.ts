import type { Attributes } from '@opentelemetry/api';
import { Tag } from '../tags/index.js';
import { type DriverOperation, RESULT_FORMATS } from './driverShapes.js';
import { DriverTime } from './driverTime.js';

/** What is counted and timed of one statement, and the tags that come of it. All times are monotonic. */
export class StatementMeasures {
  readonly time = new DriverTime();
  retryCount = 0;
  volumeOperation: string | undefined = undefined;

  #answeredMs: number | undefined = undefined;
  #failedMs: number | undefined = undefined;
  #givenUpMs: number | undefined = undefined;
  #readyMs: number | undefined = undefined;
  #readyAt = 0;
  #rows: number | undefined = undefined;
  #bytes: number | undefined = undefined;
  #pollCount = 0;
  readonly #pollTime = new DriverTime();
  #filesOffered: number | undefined = undefined;
  #filesStarted = 0;

  get answered(): boolean {
    return this.#answeredMs !== undefined;
  }

  get rows(): number | undefined {
    return this.#rows;
  }

  /**
   * Until the answer was ready; where there was none, until the failure, or until the application gave up.
   * A volume transfer is all of one call.
   */
  get latencyMs(): number {
    if (this.volumeOperation !== undefined) {
      return this.time.elapsedMs;
    }
    return this.#answeredMs ?? this.#failedMs ?? this.#givenUpMs ?? this.time.elapsedMs;
  }

  onAnswered(): void {
    this.#answeredMs ??= this.time.elapsedMs;
  }

  onFailed(): void {
    this.#failedMs = this.time.elapsedMs;
  }

  /** Trying again helped: there is no failure any more. */
  onRecovered(): void {
    this.#failedMs = undefined;
    this.retryCount++;
  }

  /** The application begins to close or cancel. */
  onGivenUp(): void {
    this.#givenUpMs ??= this.time.elapsedMs;
  }

  /** The first rows are handed over, or the news that there are none. */
  onReady(): void {
    if (this.#readyMs === undefined) {
      this.onAnswered();
      this.#readyMs = this.time.elapsedMs;
      this.#readyAt = performance.now();
    }
  }

  onRows(count: number): void {
    this.#rows = (this.#rows ?? 0) + count;
    this.onReady();
  }

  /** A status request is made. */
  onPoll(): void {
    this.#pollCount++;
    this.#pollTime.enter();
  }

  /** It was answered, or failed. */
  onPolled(): void {
    this.#pollTime.leave();
  }

  /** A page of rows, or of links to files, came from the server. */
  onPage(inlineBytes: number | undefined, links: number): void {
    if (inlineBytes !== undefined) {
      this.#bytes = (this.#bytes ?? 0) + inlineBytes;
    }
    this.#filesOffered = (this.#filesOffered ?? 0) + links;
  }

  /** @returns the index of the file in its result */
  onDownloadStart(): number {
    return this.#filesStarted++;
  }

  onDownloaded(bytes: number): void {
    this.#bytes = (this.#bytes ?? 0) + bytes;
  }

  /** @param isKernel the kernel backend polls and retries on its own, where nobody can count */
  attributes(operation: DriverOperation | undefined, isKernel: boolean): Attributes {
    const attributes: Attributes = { [Tag.operationLatencyMs]: Math.round(this.latencyMs) };
    if (!isKernel) {
      attributes[Tag.pollCount] = this.#pollCount;
      attributes[Tag.pollLatencyMs] = Math.round(this.#pollTime.elapsedMs);
      attributes[Tag.retryCount] = this.retryCount;
      this.#addFormat(attributes, operation);
    }
    if (this.volumeOperation !== undefined) {
      // Its one row is the driver's own affair: what is transferred is a file.
      attributes[Tag.volumeOperation] = this.volumeOperation;
      attributes[Tag.statementType] = 'VOLUME';
      return attributes;
    }
    if (this.#readyMs !== undefined) {
      attributes[Tag.resultReadyLatencyMs] = Math.round(this.#readyMs);
      attributes[Tag.resultConsumptionLatencyMs] = Math.round(performance.now() - this.#readyAt);
    }
    if (this.#bytes !== undefined) {
      attributes[Tag.resultBytesDownloaded] = this.#bytes;
    }
    return attributes;
  }

  #addFormat(attributes: Attributes, operation: DriverOperation | undefined): void {
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
    if (format === 'EXTERNAL_LINKS' && this.#filesOffered !== undefined) {
      attributes[Tag.resultChunkCount] = this.#filesOffered;
    }
  }
}
