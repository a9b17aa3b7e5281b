import { encodeArrow } from './encoding.js';
import { chunkCount, linkTo, rowsPerChunk, served } from './results.js';
import type { ColumnType } from './rows.js';
import type { ServerError } from './scenario.js';
import type { Statement } from './statement.js';

const STATES: Readonly<Record<string, string>> = {
  RUNNING: 'RUNNING',
  FINISHED: 'SUCCEEDED',
  ERROR: 'FAILED',
  TIMEDOUT: 'FAILED',
  CANCELED: 'CANCELED',
  CLOSED: 'CLOSED',
};

const TYPE_NAMES: Readonly<Record<ColumnType, string>> = { int: 'INT', string: 'STRING', map: 'STRING' };

/** The REST picture of a statement: its state and, once it has succeeded, the first of its chunks. */
export function restStatement(statement: Statement): object {
  const { truth, scenario } = statement;
  const failure = scenario.outcome?.state === truth.state ? restFailure(scenario.outcome) : {};
  const status = { state: STATES[truth.state] ?? 'FAILED', ...failure };
  const base = { statement_id: truth.id, status };
  if (truth.state !== 'FINISHED') return base;
  return {
    ...base,
    manifest: manifest(statement),
    result: statement.hasResultSet ? restChunk(statement, 0) : {},
  };
}

function restFailure({ sqlState, errorCode, message = 'The statement failed' }: ServerError): object {
  // The kernel of driver 2.1 reads the SQLSTATE beside the error, that of 1.17 inside it.
  const state = sqlState === undefined ? {} : { sql_state: sqlState };
  return {
    error: { error_code: errorCode === undefined ? 'BAD_REQUEST' : String(errorCode), message, ...state },
    ...state,
  };
}

function manifest(statement: Statement): object {
  const { truth, source, hasResultSet } = statement;
  const headers = hasResultSet ? source.columns : [];
  const columns = headers.map(({ name, type }, position) => {
    const type_name = TYPE_NAMES[type];
    return { name, type_name, type_text: type_name, position };
  });
  const count = hasResultSet ? chunkCount(statement) : 0;
  const chunks = Array.from({ length: count }, (_, i) => chunkHeader(statement, i));
  return {
    format: 'ARROW_STREAM',
    schema: { column_count: columns.length, columns },
    total_chunk_count: count,
    total_row_count: count * rowsPerChunk(statement),
    truncated: false,
    ...(truth.lz4 ? { result_compression: 'LZ4_FRAME' } : {}),
    chunks,
  };
}

function encoded({ source, truth }: Statement, start: number, count: number): Buffer {
  return encodeArrow(source, start, count, truth.lz4).stream;
}

function chunkHeader(statement: Statement, index: number) {
  const row_count = rowsPerChunk(statement);
  const row_offset = index * row_count;
  const byte_count = encoded(statement, row_offset, row_count).length;
  return { chunk_index: index, row_offset, row_count, byte_count };
}

/** One chunk: the Arrow stream itself; or links to it and to all that follow. */
export function restChunk(statement: Statement, index: number): object {
  const { truth } = statement;
  const last = chunkCount(statement) - 1;
  if (truth.format === 'cloudfetch') {
    // One link at a time, and the kernel now and then takes the file before the last for the last one.
    truth.exhaustedAt ??= performance.now();
    truth.filesOffered = last + 1;
    return {
      external_links: Array.from({ length: last + 1 - index }, (_, i) => chunkLink(statement, index + i)),
    };
  }
  if (index >= last) truth.exhaustedAt ??= performance.now();
  const header = chunkHeader(statement, index);
  const stream = encoded(statement, header.row_offset, header.row_count);
  // A client that asks again for the state gets the first chunk again: the same rows.
  if (!statement.servedChunks.has(index)) served(statement, header.row_count, stream.length);
  statement.servedChunks.add(index);
  return { ...header, attachment: stream.toString('base64'), ...nextChunk(statement, index) };
}

function chunkLink(statement: Statement, index: number): object {
  const { url, expiresAt } = linkTo(statement, index);
  return {
    ...chunkHeader(statement, index),
    external_link: url,
    expiration: new Date(expiresAt).toISOString(),
    ...nextChunk(statement, index),
  };
}

function nextChunk(statement: Statement, index: number): object {
  if (index + 1 >= chunkCount(statement)) return {};
  const path = `/api/2.0/sql/statements/${statement.truth.id}/result/chunks/${index + 1}`;
  return { next_chunk_index: index + 1, next_chunk_internal_link: path };
}
