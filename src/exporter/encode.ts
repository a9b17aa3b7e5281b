import { randomUuid } from '../lazyCrypto.js';
import type { ChunkDetails, OperationRecord } from '../records.js';
import {
  OPERATION_TYPE_RULE,
  RESULT_FORMAT_RULE,
  STATEMENT_TYPE_RULE,
  VOLUME_OPERATION_RULE,
} from '../tags/index.js';
import { type BatchPieces, batchPieces, time } from './batchPieces.js';
import {
  closedList,
  flag,
  flagMember,
  group,
  groupOpenedBy,
  listed,
  openings,
  plain,
  start,
  text,
} from './jsonMembers.js';

/** What a request body says beside its records. */
export interface EncodingOptions {
  /** Epoch milliseconds. */
  readonly uploadTimeMs: number;
  /** `client_context.user_agent`: products only. */
  readonly userAgent: string;
  /** False leaves out ids, system configuration, connection parameters and the kind of authentication. */
  readonly authenticated: boolean;
}

/**
 * The body of an export request, as the bytes that are sent.
 *
 * @param records an `eventId` is made for those that have none yet
 * @param options `userAgent` in printable ASCII
 */
export function encodeToBytes(records: readonly OperationRecord[], options: EncodingOptions): Buffer {
  const sections = encodeSections(records, options);
  // All characters are ASCII, so each is one byte.
  const bytes = Buffer.allocUnsafeSlow(sections.reduce((length, section) => length + section.length, 0));
  let written = 0;
  for (const section of sections) {
    written += bytes.write(section, written, 'latin1');
  }
  return bytes;
}

/** The same as text. */
export function encodeBatch(records: readonly OperationRecord[], options: EncodingOptions): string {
  return encodeSections(records, options).join('');
}

/**
 * Each record becomes one JSON document that is encoded once more as a string. Values of records have
 * passed the rules of their tags, none of which lets a character through that JSON escapes (a test
 * proves it), so both encodings are written out here in one go: many times faster than `JSON.stringify`
 * twice, and the same byte for byte (another test).
 *
 * What costs time is the number of pieces that are put together. So what neighbours have in common is one
 * piece, texts from closed lists are ready-made, and groups that are mostly complete have a template.
 */
function encodeSections(records: readonly OperationRecord[], options: EncodingOptions): string[] {
  makeEventIds(records);
  const pieces = batchPieces(options.userAgent);
  const sections: string[] = [];
  let section = `{"uploadTime":${options.uploadTimeMs},"items":[],"protoLogs":[`;
  let separator = '"';
  for (const record of records) {
    const log = options.authenticated ? authenticatedLog(record, pieces) : unauthenticatedLog(record, pieces);
    section += separator + log;
    separator = '","';
    if (section.length > SECTION_LENGTH) {
      sections.push(section);
      section = '';
    }
  }
  sections.push(section, records.length === 0 ? ']}' : '"]}');
  return sections;
}

/** One random UUID serves a batch: its last four digits count the records, of which there are fewer than that. */
function makeEventIds(records: readonly OperationRecord[]): void {
  let stem: string | undefined;
  let count = 0;
  for (const record of records) {
    if (record.eventId === undefined) {
      if (stem === undefined || count === MAX_IDS_PER_STEM) {
        stem = randomUuid().slice(0, -4);
        count = 0;
      }
      record.eventId = stem + (MAX_IDS_PER_STEM + count++).toString(16).slice(1);
    }
  }
}

function authenticatedLog(record: OperationRecord, pieces: BatchPieces): string {
  const { sessionId } = record;
  const members = statement(record, pieces) + operation(record);
  const beginning = pieces.head(record.workspaceId) + record.eventId + time(pieces, record.startTimeMs);
  return sessionId === undefined
    ? `${beginning}${pieces.userAgent}${entry(members)}}`
    : `${beginning}${pieces.session(sessionId)}${members}}}}`;
}

/** From after the session's id to before the operation. */
function statement(record: OperationRecord, pieces: BatchPieces): string {
  const { statementId, latencyMs, connection } = record;
  if (connection !== undefined) {
    const { own, groups } = pieces.connection(connection);
    return text(STATEMENT_ID, statementId) + own + latency(record) + groups;
  }
  if (statementId !== undefined && latencyMs !== undefined) {
    return `,\\"sql_statement_id\\":\\"${statementId}\\",\\"operation_latency_ms\\":${latencyMs}`;
  }
  return text(STATEMENT_ID, statementId) + latency(record);
}

function unauthenticatedLog(record: OperationRecord, pieces: BatchPieces): string {
  const members = latency(record) + operation(record);
  return `${pieces.head(undefined)}${record.eventId}${time(pieces, record.startTimeMs)}${pieces.userAgent}${entry(members)}}`;
}

function entry(members: string): string {
  return members === '' ? '' : `,\\"entry\\":{${group(DRIVER_LOG, members).slice(1)}}`;
}

function latency(record: OperationRecord): string {
  return plain(OPERATION_LATENCY, record.latencyMs);
}

/** What any log may have. */
function operation(record: OperationRecord): string {
  const { volumeOperation, errorName } = record;
  return (
    sqlOperation(record) +
    listed(VOL_OPERATION, volumeOperation) +
    (errorName === undefined ? '' : `,\\"error_info\\":{\\"error_name\\":\\"${errorName}\\"}`)
  );
}

function sqlOperation(record: OperationRecord): string {
  const { chunks } = record;
  const rest =
    resultForm(record) +
    plain(CHUNK_ID, record.chunkId) +
    plain(RETRY_COUNT, record.retryCount) +
    (chunks === undefined ? '' : chunkDetails(chunks)) +
    resultLatency(record) +
    operationDetail(record);
  return groupOpenedBy(STATEMENT_TYPE, record.statementType, SQL_OPERATION, rest);
}

function resultForm({ compressed, resultFormat }: OperationRecord): string {
  const both =
    resultFormat === undefined || compressed === undefined
      ? undefined
      : compressed
        ? COMPRESSED_RESULT.get(resultFormat)
        : UNCOMPRESSED_RESULT.get(resultFormat);
  return both ?? flag(IS_COMPRESSED, compressed) + listed(EXECUTION_RESULT, resultFormat);
}

function chunkDetails({ initialMs, slowestMs, sumMs, present, iterated }: ChunkDetails): string {
  if (
    initialMs !== undefined &&
    slowestMs !== undefined &&
    sumMs !== undefined &&
    present !== undefined &&
    iterated !== undefined
  ) {
    return `,\\"chunk_details\\":{\\"initial_chunk_latency_millis\\":${initialMs},\\"slowest_chunk_latency_millis\\":${slowestMs},\\"sum_chunks_download_time_millis\\":${sumMs},\\"total_chunks_present\\":${present},\\"total_chunks_iterated\\":${iterated}}`;
  }
  return group(
    CHUNK_DETAILS,
    plain(INITIAL_CHUNK_LATENCY, initialMs) +
      plain(SLOWEST_CHUNK_LATENCY, slowestMs) +
      plain(SUM_CHUNKS_DOWNLOAD_TIME, sumMs) +
      plain(TOTAL_CHUNKS_PRESENT, present) +
      plain(TOTAL_CHUNKS_ITERATED, iterated),
  );
}

function resultLatency({ readyMs, consumptionMs }: OperationRecord): string {
  if (readyMs !== undefined && consumptionMs !== undefined) {
    return `,\\"result_latency\\":{\\"result_set_ready_latency_millis\\":${readyMs},\\"result_set_consumption_latency_millis\\":${consumptionMs}}`;
  }
  return group(RESULT_LATENCY, plain(READY_LATENCY, readyMs) + plain(CONSUMPTION_LATENCY, consumptionMs));
}

function operationDetail({ pollCount, pollMs, operationType, internal }: OperationRecord): string {
  if (pollCount !== undefined && pollMs !== undefined && internal === false) {
    return `,\\"operation_detail\\":{\\"n_operation_status_calls\\":${pollCount},\\"operation_status_latency_millis\\":${pollMs}${listed(OPERATION_TYPE, operationType)},\\"is_internal_call\\":false}`;
  }
  return group(
    OPERATION_DETAIL,
    plain(POLL_COUNT, pollCount) +
      plain(POLL_LATENCY, pollMs) +
      listed(OPERATION_TYPE, operationType) +
      flag(IS_INTERNAL_CALL, internal),
  );
}

/** Characters. V8 copies a text into one place before it is written, at twice the cost beyond 128 KiB. */
const SECTION_LENGTH = 32_768;

const MAX_IDS_PER_STEM = 0x1_0000;

const DRIVER_LOG = start('sql_driver_log');
const STATEMENT_ID = start('sql_statement_id');
const OPERATION_LATENCY = start('operation_latency_ms');
const SQL_OPERATION = start('sql_operation');
const IS_COMPRESSED = flagMember('is_compressed');
const CHUNK_ID = start('chunk_id');
const RETRY_COUNT = start('retry_count');
const CHUNK_DETAILS = start('chunk_details');
const INITIAL_CHUNK_LATENCY = start('initial_chunk_latency_millis');
const SLOWEST_CHUNK_LATENCY = start('slowest_chunk_latency_millis');
const SUM_CHUNKS_DOWNLOAD_TIME = start('sum_chunks_download_time_millis');
const TOTAL_CHUNKS_PRESENT = start('total_chunks_present');
const TOTAL_CHUNKS_ITERATED = start('total_chunks_iterated');
const RESULT_LATENCY = start('result_latency');
const READY_LATENCY = start('result_set_ready_latency_millis');
const CONSUMPTION_LATENCY = start('result_set_consumption_latency_millis');
const OPERATION_DETAIL = start('operation_detail');
const POLL_COUNT = start('n_operation_status_calls');
const POLL_LATENCY = start('operation_status_latency_millis');
const IS_INTERNAL_CALL = flagMember('is_internal_call');

const STATEMENT_TYPE = openings('sql_operation', 'statement_type', STATEMENT_TYPE_RULE.values);
const EXECUTION_RESULT = closedList('execution_result', RESULT_FORMAT_RULE.values);
const COMPRESSED_RESULT = closedList('execution_result', RESULT_FORMAT_RULE.values, IS_COMPRESSED.yes);
const UNCOMPRESSED_RESULT = closedList('execution_result', RESULT_FORMAT_RULE.values, IS_COMPRESSED.no);
const OPERATION_TYPE = closedList('operation_type', OPERATION_TYPE_RULE.values);
const VOL_OPERATION = new Map(
  VOLUME_OPERATION_RULE.values.map((value) => [
    value as string,
    group(start('vol_operation'), text(start('volume_operation_type'), value)),
  ]),
);
