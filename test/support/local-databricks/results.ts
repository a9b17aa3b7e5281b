import type * as t from '@databricks/sql/thrift/TCLIService_types.js';
import { Int64, ttypes } from './driver-modules.js';
import { encodeArrow, encodeColumns, encodeSchema, thriftSchema } from './encoding.js';
import type { ResultFormat } from './scenario.js';
import type { Statement } from './statement.js';
import { succeeded } from './thrift-values.js';

const DEFAULT_ROWS = 10;
const DEFAULT_FILES = 2;
const LINK_LIFETIME_MS = 15 * 60_000;

const ROW_SET_TYPES: Readonly<Record<ResultFormat, t.TSparkRowSetType>> = {
  arrow: ttypes.TSparkRowSetType.ARROW_BASED_SET,
  column: ttypes.TSparkRowSetType.COLUMN_BASED_SET,
  cloudfetch: ttypes.TSparkRowSetType.URL_BASED_SET,
};

export function pageCount({ scenario, source }: Statement): number {
  return source.total === undefined ? (scenario.pages ?? 1) : 1;
}

/** A chunk is a page or, with CloudFetch, a file. */
export function rowsPerChunk({ scenario, source }: Statement): number {
  return source.total ?? scenario.rowsPerPage ?? DEFAULT_ROWS;
}

export function chunkCount(statement: Statement): number {
  return pageCount(statement) * (statement.truth.format === 'cloudfetch' ? filesPerPage(statement) : 1);
}

function filesPerPage({ scenario }: Statement): number {
  return scenario.filesPerPage ?? DEFAULT_FILES;
}

export function resultMetadata(statement: Statement): t.TGetResultSetMetadataResp {
  const { truth, scenario, source, hasResultSet } = statement;
  // Even without a result set the driver insists on a format.
  const format = truth.format ?? 'arrow';
  const columns = hasResultSet ? source.columns : [];
  return {
    status: succeeded(),
    schema: thriftSchema(columns),
    resultFormat: ROW_SET_TYPES[format],
    lz4Compressed: truth.lz4,
    isStagingOperation: scenario.staging !== undefined,
    ...(format === 'arrow' && hasResultSet ? { arrowSchema: encodeSchema(columns) } : {}),
  };
}

/** The next page, counted in the truth as served. After the last one: an empty page. */
export function nextPage(statement: Statement): t.TFetchResultsResp {
  const page = statement.nextPage;
  const pages = pageCount(statement);
  if (page < pages) statement.nextPage += 1;
  const hasMoreRows = page + 1 < pages;
  const results = page < pages && statement.hasResultSet ? rowSet(statement, page) : emptyRowSet(statement);
  if (!hasMoreRows) statement.truth.exhaustedAt ??= performance.now();
  return { status: succeeded(), hasMoreRows, results };
}

function emptyRowSet({ truth, source }: Statement): t.TRowSet {
  const base = { startRowOffset: new Int64(0), rows: [] };
  if (truth.format !== 'column') return base;
  return { ...base, columns: encodeColumns(source.rows(0, 0), source.columns).columns };
}

function rowSet(statement: Statement, page: number): t.TRowSet {
  const { truth, source } = statement;
  const count = rowsPerChunk(statement);
  if (truth.format === 'cloudfetch') return linkedPage(statement, page);

  const start = page * count;
  const base = { startRowOffset: new Int64(start), rows: [] };
  if (truth.format === 'column') {
    const rows = source.rows(start, count);
    const { columns, bytes } = encodeColumns(rows, source.columns);
    served(statement, rows.count, bytes);
    return { ...base, columns };
  }
  if (count === 0) return { ...base, arrowBatches: [] };
  const encoded = encodeArrow(source, start, count, truth.lz4);
  served(statement, encoded.count, encoded.batch.length);
  return { ...base, arrowBatches: [{ batch: encoded.batch, rowCount: new Int64(encoded.count) }] };
}

export function served({ truth }: Statement, rows: number, bytes: number): void {
  truth.rows += rows;
  truth.bytes += bytes;
}

function linkedPage(statement: Statement, page: number): t.TRowSet {
  const files = filesPerPage(statement);
  const resultLinks = Array.from({ length: files }, (_, i) => link(statement, page * files + i));
  statement.truth.filesOffered += files;
  return { startRowOffset: new Int64(page * files * rowsPerChunk(statement)), rows: [], resultLinks };
}

function link(statement: Statement, index: number): t.TSparkArrowResultLink {
  const { url, expiresAt } = linkTo(statement, index);
  return {
    fileLink: url,
    expiryTime: new Int64(expiresAt),
    startRowOffset: new Int64(index * rowsPerChunk(statement)),
    rowCount: new Int64(rowsPerChunk(statement)),
    bytesNum: new Int64(resultFile(statement, index).length),
  };
}

/** A link to a result file. Its query looks like a presigned one: a secret that nobody may record. */
export function linkTo({ truth, scenario, origin }: Statement, index: number) {
  const expired = scenario.downloads?.[index] === 'expired-link';
  return {
    url: `${origin}/cloud/${truth.id}/${index}?X-Amz-Signature=presigned-secret-${index}`,
    expiresAt: Date.now() + (expired ? -1000 : LINK_LIFETIME_MS),
  };
}

/** The bytes behind a link. */
export function resultFile(statement: Statement, index: number): Buffer {
  const count = rowsPerChunk(statement);
  return encodeArrow(statement.source, index * count, count, statement.truth.lz4).stream;
}

/** A file has been downloaded in full. */
export function fileServed(statement: Statement, bytes: number): void {
  served(statement, rowsPerChunk(statement), bytes);
}
