import { ChunkDetails, OperationRecord } from '../records.js';
import { Tag, type TagTable } from '../tags/index.js';
import type { FailedDownload, OpenOperation } from './openOperation.js';
import { readChunks, readConnection, readOperation } from './recordReading.js';
import { hrTimeToMs, type ReadableSpanLike } from './spanShape.js';
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

  /** @param chunks what the spans of the operation's downloads have shown */
  ofOperation(span: ReadableSpanLike, chunks?: ChunkDetails): OperationRecord {
    const { attributes } = span;
    const record = new OperationRecord(this.#startTimeMs(span));
    readOperation(record, attributes, this.#reader);
    if (record.resultFormat === 'EXTERNAL_LINKS') {
      record.chunks = chunks ?? new ChunkDetails();
      readChunks(record.chunks, attributes, this.#reader);
    }
    if (record.operationType === CONNECTION_OPERATION) {
      record.connection = readConnection(attributes, this.#withholding.connectionTags, this.#reader);
    }
    return record;
  }

  /** The record of a download that failed, beside that of its statement. */
  ofDownload(download: FailedDownload, statement: OperationRecord): OperationRecord {
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
      startTimeMs: this.#startTimeMs(span),
      latencyMs,
      chunkId,
      errorName: this.#reader.code(attributes[Tag.errorType]),
    });
  }

  /** Every log has a time: of a span without a sane one it is the present. */
  #startTimeMs(span: ReadableSpanLike): number {
    const timeMs = hrTimeToMs(span.startTime);
    if (timeMs >= 0 && timeMs <= MAX_TIME_MS) {
      return timeMs;
    }
    this.#reader.invalidValues++;
    return Date.now();
  }
}
