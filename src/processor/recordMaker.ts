import type { DownloadFailure } from '../connectionHandle.js';
import { ChunkDetails, OperationRecord } from '../records.js';
import { hrTimeToMs, type ReadableSpanLike } from '../spanShape.js';
import { Tag, type TagTable } from '../tags/index.js';
import type { FailedDownload, OpenOperation } from './openOperation.js';
import { readChunks, readConnection, readOperation } from './recordReading.js';
import { TagReader } from './tagReader.js';
import { Withholding } from './withholding.js';

/** The operation whose log describes the connection. */
const CONNECTION_OPERATION = 'CREATE_SESSION';
/** The last millisecond of the year 9999: what is later is no time. */
const MAX_TIME_MS = 253_402_300_799_999;

/** Makes records of spans, by the tag table: nothing else of a span gets into one. */
export class RecordMaker {
  readonly #reader = new TagReader();
  readonly #withholding: Withholding;

  /** @param withheld names of tags that are to be left out */
  constructor(table: TagTable, withheld: readonly string[]) {
    this.#withholding = new Withholding(table, withheld);
  }

  /** Values of tags, and times, that did not fit. */
  get invalidValues(): number {
    return this.#reader.invalidValues;
  }

  /** @param span as it ended, or as it is now */
  ofOperation(
    span: ReadableSpanLike,
    { connection, chunks }: Pick<OpenOperation, 'connection' | 'chunks'>,
  ): OperationRecord {
    const { attributes } = span;
    const record = new OperationRecord(this.#checkedTimeMs(hrTimeToMs(span.startTime)));
    readOperation(record, attributes, this.#reader);
    if (record.resultFormat === 'EXTERNAL_LINKS') {
      record.chunks = chunks ?? new ChunkDetails();
      readChunks(record.chunks, attributes, this.#reader);
    }
    if (record.operationType === CONNECTION_OPERATION) {
      const said = { attributes, handleTags: connection.tags };
      record.connection = readConnection(said, this.#withholding.connectionTags, this.#reader);
    }
    return record;
  }

  /** The records of downloads that failed, beside that of their statement, without what the user withholds. */
  ofDownloads(downloads: readonly FailedDownload[], statement: OperationRecord): OperationRecord[] {
    return downloads.map((download) => this.withhold(ofDownload(download, statement)));
  }

  /** The record without what the user withholds. */
  withhold(record: OperationRecord): OperationRecord {
    this.#withholding.apply(record);
    return record;
  }

  /**
   * Tells an operation of the download whose span this is.
   *
   * @returns false if it was one failure too many
   */
  addDownload(operation: OpenOperation, span: ReadableSpanLike): boolean {
    const { attributes } = span;
    const chunkId = this.#reader.integer(attributes[Tag.chunkIndex]);
    if (chunkId === undefined) {
      return true;
    }
    const latencyMs = this.#reader.integer(hrTimeToMs(span.duration));
    if (attributes[Tag.errorType] === undefined) {
      operation.addDownload(chunkId, latencyMs);
      return true;
    }
    return operation.addFailedDownload({
      startTimeMs: this.#checkedTimeMs(hrTimeToMs(span.startTime)),
      latencyMs,
      chunkId,
      errorName: this.#reader.code(attributes[Tag.errorType]),
    });
  }

  /**
   * The same for a download without a span.
   *
   * @returns false if it was one failure too many
   */
  addFailedDownload(operation: OpenOperation, failure: DownloadFailure): boolean {
    const chunkId = this.#reader.integer(failure.chunkIndex);
    if (chunkId === undefined) {
      return true;
    }
    return operation.addFailedDownload({
      startTimeMs: this.#checkedTimeMs(Math.round(failure.startTimeMs)),
      latencyMs: this.#reader.integer(Math.round(failure.latencyMs)),
      chunkId,
      errorName: this.#reader.code(failure.errorType),
    });
  }

  /** Every log has a time: of a span without a sane one it is the present. */
  #checkedTimeMs(timeMs: number): number {
    if (timeMs >= 0 && timeMs <= MAX_TIME_MS) {
      return timeMs;
    }
    this.#reader.invalidValues++;
    return Date.now();
  }
}

function ofDownload(download: FailedDownload, statement: OperationRecord): OperationRecord {
  const record = new OperationRecord(download.startTimeMs);
  record.workspaceId = statement.workspaceId;
  record.sessionId = statement.sessionId;
  record.statementId = statement.statementId;
  record.statementType = statement.statementType;
  record.resultFormat = statement.resultFormat;
  record.compressed = statement.compressed;
  record.latencyMs = download.latencyMs;
  record.chunkId = download.chunkId;
  record.errorName = download.errorName;
  return record;
}
