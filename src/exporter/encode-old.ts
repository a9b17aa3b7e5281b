import { randomUUID } from 'node:crypto';
import type { ChunkDetails, OperationRecord } from '../records.js';
import { WIRE_FIELDS } from '../tags/index.js';
import { authType, connectionGroups } from './encodeConnection.js';
import { closedList, group, groupOpenedBy, listed, openings, plain, start, text } from './jsonMembers.js';

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
 * The body of an export request. Each record becomes one JSON document that is encoded once more as a
 * string. Values of records have passed the checks of their wire fields, none of which lets a character
 * through that JSON escapes (a test proves it), so both encodings are written out here in one go: several
 * times faster than `JSON.stringify` twice, and the same byte for byte (another test). What costs time is
 * the number of pieces that are put together; so groups that are mostly complete have a template of
 * their own, and texts from closed lists are ready-made.
 *
 * @param records an `eventId` is made for those that have none yet
 */
export function encodeBatch(records: readonly OperationRecord[], options: EncodingOptions): string {
  const userAgent = quotedTwice(options.userAgent);
  let logs = '';
  for (const record of records) {
    const entry = options.authenticated ? authenticatedEntry(record) : unauthenticatedEntry(record);
    logs += `${logs === '' ? '"' : '","'}${head(record, options.authenticated)}${userAgent}}}${entry}}`;
  }
  const end = logs === '' ? '' : '"';
  return `{"uploadTime":${options.uploadTimeMs},"items":[],"protoLogs":[${logs}${end}]}`;
}

function head(record: OperationRecord, authenticated: boolean): string {
  record.eventId ??= randomUUID();
  const { workspaceId, eventId } = record;
  const workspace =
    authenticated && workspaceId !== undefined ? `{\\"workspace_id\\":\\"${workspaceId}\\",` : '{';
  return `${workspace}\\"frontend_log_event_id\\":\\"${eventId}\\",\\"context\\":{\\"client_context\\":{\\"timestamp_millis\\":${epochMs(record.startTimeMs)},\\"user_agent\\":`;
}

function authenticatedEntry(record: OperationRecord): string {
  const { sessionId, statementId, connection } = record;
  const details =
    connection === undefined
      ? latency(record)
      : authType(connection) + latency(record) + connectionGroups(connection);
  const rest = details + operationLog(record);
  if (sessionId !== undefined && statementId !== undefined) {
    return `,\\"entry\\":{\\"sql_driver_log\\":{\\"session_id\\":\\"${sessionId}\\",\\"sql_statement_id\\":\\"${statementId}\\"${rest}}}`;
  }
  return entry(text(SESSION_ID, sessionId) + text(STATEMENT_ID, statementId) + rest);
}

function unauthenticatedEntry(record: OperationRecord): string {
  return entry(latency(record) + operationLog(record));
}

function entry(members: string): string {
  return members === '' ? '' : `,\\"entry\\":{${group(DRIVER_LOG, members).slice(1)}}`;
}

function latency(record: OperationRecord): string {
  return plain(OPERATION_LATENCY, record.latencyMs);
}

/** What follows the latency on every log. */
function operationLog(record: OperationRecord): string {
  const { volumeOperation, errorName } = record;
  return (
    sqlOperation(record) +
    (volumeOperation === undefined ? '' : group(VOL_OPERATION, listed(VOLUME_TYPE, volumeOperation))) +
    (errorName === undefined ? '' : `,\\"error_info\\":{\\"error_name\\":\\"${errorName}\\"}`)
  );
}

function sqlOperation(record: OperationRecord): string {
  const { chunks, resultFormat } = record;
  const rest =
    plain(IS_COMPRESSED, record.compressed) +
    listed(EXECUTION_RESULT, resultFormat) +
    plain(CHUNK_ID, record.chunkId) +
    plain(RETRY_COUNT, record.retryCount) +
    (chunks !== undefined && resultFormat === 'EXTERNAL_LINKS' ? chunkDetails(chunks) : '') +
    resultLatency(record) +
    operationDetail(record);
  return groupOpenedBy(STATEMENT_TYPE, record.statementType, SQL_OPERATION, rest);
}

function chunkDetails({ initialMs, slowestMs, sumMs, present, iterated }: ChunkDetails): string {
  if (initialMs !== undefined && slowestMs !== undefined && present !== undefined) {
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
  if (pollCount !== undefined && pollMs !== undefined && internal !== undefined) {
    return `,\\"operation_detail\\":{\\"n_operation_status_calls\\":${pollCount},\\"operation_status_latency_millis\\":${pollMs}${listed(OPERATION_TYPE, operationType)},\\"is_internal_call\\":${internal}}`;
  }
  return group(
    OPERATION_DETAIL,
    plain(POLL_COUNT, pollCount) +
      plain(POLL_LATENCY, pollMs) +
      listed(OPERATION_TYPE, operationType) +
      plain(IS_INTERNAL_CALL, internal),
  );
}

const SESSION_ID = start('session_id');
const STATEMENT_ID = start('sql_statement_id');
const DRIVER_LOG = start('sql_driver_log');
const OPERATION_LATENCY = start('operation_latency_ms');
const SQL_OPERATION = start('sql_operation');
const IS_COMPRESSED = start('is_compressed');
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
const IS_INTERNAL_CALL = start('is_internal_call');
const VOL_OPERATION = start('vol_operation');

const STATEMENT_TYPE = openings(
  'sql_operation',
  'statement_type',
  WIRE_FIELDS['sql_operation.statement_type'].values,
);
const EXECUTION_RESULT = closedList('execution_result', WIRE_FIELDS['sql_operation.execution_result'].values);
const OPERATION_TYPE = closedList(
  'operation_type',
  WIRE_FIELDS['sql_operation.operation_detail.operation_type'].values,
);
const VOLUME_TYPE = closedList(
  'volume_operation_type',
  WIRE_FIELDS['vol_operation.volume_operation_type'].values,
);

/** A point in time as text. V8 writes two small integers in a sixth of the time that it takes for a large one. */
function epochMs(time: number): string {
  if (!Number.isSafeInteger(time) || time < 1000) {
    return String(time);
  }
  const seconds = Math.floor(time / 1000);
  const millis = time - seconds * 1000;
  return `${seconds}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}`;
}

/** Free text as a JSON string inside a JSON string. */
function quotedTwice(value: string): string {
  return JSON.stringify(JSON.stringify(value)).slice(1, -1);
}
