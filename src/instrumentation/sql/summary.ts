import { kindOf, QUOTE } from './characters.js';
import { SummaryText } from './summaryText.js';
import { endOfBlank, TokenReader } from './tokens.js';
import { detach } from './truncate.js';
import { QUERY_VERBS, UPDATE_VERBS } from './vocabulary.js';
import { Walker } from './walker.js';

/** So many characters of a statement are read, counted from its first token. */
const WINDOW = 8192;

export type StatementType = 'QUERY' | 'UPDATE' | 'SQL';
export type VolumeOperation = 'PUT' | 'GET' | 'DELETE' | 'LIST';

/** What the text of a statement says about it; names and keywords only, never a literal. */
export interface StatementSummary {
  /** `db.operation.name`: SELECT, MERGE, CREATE TABLE, COPY INTO …; undefined if the statement is unknown. */
  readonly operation: string | undefined;
  /** `db.collection.name`: the table or view, if there is exactly one. */
  readonly collection: string | undefined;
  /** `db.query.summary`: operations and targets in their order, at most 255 characters. */
  readonly summary: string | undefined;
  /** By the first keyword of the statement. */
  readonly statementType: StatementType;
  /** Only for statements about files in volumes. */
  readonly volumeOperation?: VolumeOperation;
}

const VOLUME_OPERATIONS: ReadonlyMap<string, VolumeOperation> = new Map([
  ['PUT', 'PUT'],
  ['GET', 'GET'],
  ['REMOVE', 'DELETE'],
  ['LIST', 'LIST'],
]);
const VOLUME_PATH = /^["'](?:dbfs:)?\/volumes\//i;
const VOLUME_PATH_LENGTH = 20;

/**
 * Sums a statement up by its operations and their targets. Names of common table expressions are no targets, nor
 * are functions, paths and strings. Reads the beginning of the statement only. Never throws.
 */
export function summarizeSql(sql: string): StatementSummary {
  const start = endOfBlank(sql, 0);
  const cut = sql.length - start > WINDOW;
  const head = cut ? sql.slice(start, start + WINDOW) : sql.slice(start);
  const out = new SummaryText();
  const walker = new Walker(new TokenReader(head, cut), out);
  walker.walk();
  // A query may name more tables where it was not read.
  if (cut && walker.sawQuery) out.addUnknown();
  const { collection } = out;
  const volumeOperation = volumeOperationOf(head, walker.firstKeyword);
  return {
    operation: out.operation,
    collection: collection === undefined ? undefined : detach(collection, sql),
    summary: out.isEmpty ? undefined : detach(out.toString(), sql),
    statementType: statementTypeOf(walker.firstKeyword),
    ...(volumeOperation === undefined ? {} : { volumeOperation }),
  };
}

function statementTypeOf(firstKeyword: string): StatementType {
  if (QUERY_VERBS.has(firstKeyword)) return 'QUERY';
  return UPDATE_VERBS.has(firstKeyword) ? 'UPDATE' : 'SQL';
}

function volumeOperationOf(sql: string, firstKeyword: string): VolumeOperation | undefined {
  const operation = VOLUME_OPERATIONS.get(firstKeyword);
  if (operation === undefined) return undefined;
  const reader = new TokenReader(sql, false);
  reader.next();
  if (kindOf(reader.nextCode) !== QUOTE) return undefined;
  // LIST is for any storage; the others are for volumes alone.
  if (operation !== 'LIST') return operation;
  reader.next();
  return VOLUME_PATH.test(reader.text.slice(0, VOLUME_PATH_LENGTH)) ? operation : undefined;
}
