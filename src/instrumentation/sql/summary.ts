import { kindOf, QUOTE } from './characters.js';
import type { Keyword } from './keywords.js';
import { endOfBlank } from './lexer.js';
import { SummaryText } from './summaryText.js';
import { TokenReader } from './tokens.js';
import { detach } from './truncate.js';
import { QUERY_VERBS, UPDATE_VERBS } from './vocabulary.js';
import { Walker } from './walker.js';

/** So many characters of a statement are read, counted from its first token. */
const WINDOW = 8192;
const LONGEST_NAME = 255;

export type StatementType = 'QUERY' | 'UPDATE' | 'SQL';
export type VolumeOperation = 'PUT' | 'GET' | 'DELETE' | 'LIST';

/** What the text of a statement says about it; names and keywords only, never a literal. */
export interface StatementSummary {
  /** `db.query.summary`: operations and targets in their order, as written, at most 255 characters. */
  readonly summary: string | undefined;
  /** By the first keyword of the statement. */
  readonly statementType: StatementType;
  /** `db.stored_procedure.name`: only for CALL. */
  readonly storedProcedure?: string;
  /** Only for statements about files in volumes. */
  readonly volumeOperation?: VolumeOperation;
}

const VOLUME_OPERATIONS: ReadonlyMap<Keyword, VolumeOperation> = new Map([
  ['PUT', 'PUT'],
  ['GET', 'GET'],
  ['REMOVE', 'DELETE'],
  ['LIST', 'LIST'],
]);
const VOLUME_PATH = /^["'](?:dbfs:)?\/volumes\//i;
const VOLUME_PATH_LENGTH = 20;

/**
 * Sums a statement up by its operations and their targets, as they are written. Names of common table expressions
 * are no targets, nor are functions, paths, principals and strings. Reads the beginning of the statement only. Never
 * throws.
 */
export function summarizeSql(sql: string): StatementSummary {
  const start = endOfBlank(sql, 0);
  const cut = sql.length - start > WINDOW;
  const head = cut ? sql.slice(start, start + WINDOW) : sql.slice(start);
  const out = new SummaryText();
  const walker = new Walker(new TokenReader(head, cut), out);
  walker.walk();
  const { firstKeyword, storedProcedure } = walker;
  const volumeOperation = volumeOperationOf(head, firstKeyword);
  return {
    summary: out.isEmpty ? undefined : detach(out.toString(), sql),
    statementType: statementTypeOf(firstKeyword),
    ...(storedProcedure === undefined || storedProcedure.length > LONGEST_NAME
      ? {}
      : { storedProcedure: detach(storedProcedure, sql) }),
    ...(volumeOperation === undefined ? {} : { volumeOperation }),
  };
}

function statementTypeOf(firstKeyword: Keyword): StatementType {
  if (QUERY_VERBS.has(firstKeyword)) {
    return 'QUERY';
  }
  return UPDATE_VERBS.has(firstKeyword) ? 'UPDATE' : 'SQL';
}

function volumeOperationOf(sql: string, firstKeyword: Keyword): VolumeOperation | undefined {
  const operation = VOLUME_OPERATIONS.get(firstKeyword);
  if (operation === undefined) {
    return undefined;
  }
  const reader = new TokenReader(sql, false);
  reader.next();
  if (kindOf(reader.nextCode) !== QUOTE) {
    return undefined;
  }
  // LIST is for any storage; the others are for volumes alone.
  if (operation !== 'LIST') {
    return operation;
  }
  reader.next();
  return VOLUME_PATH.test(reader.text.slice(0, VOLUME_PATH_LENGTH)) ? operation : undefined;
}
