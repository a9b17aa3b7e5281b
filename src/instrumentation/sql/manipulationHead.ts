import { kindOf, OPEN } from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import type { TokenReader } from './tokens.js';

/** Behind TABLE these show that it is the name: `INSERT INTO table VALUES …`. */
const BEHIND_INSERTED = keywords('VALUES SELECT WITH FROM TABLE PARTITION BY REPLACE AS');

/**
 * Called with the reader at INSERT, UPDATE, DELETE or MERGE; leaves it at the last word before the name of the table,
 * and answers whether there is one.
 */
export function readManipulationHead(reader: TokenReader): boolean {
  switch (reader.keyword) {
    case 'INSERT':
      return readInsertHead(reader);
    case 'DELETE':
      return readWord(reader, 'FROM');
    case 'MERGE':
      skipSchemaEvolution(reader);
      return readWord(reader, 'INTO');
    default:
      return true;
  }
}

function readWord(reader: TokenReader, word: Keyword): boolean {
  if (reader.nextKeyword !== word) {
    return false;
  }
  reader.next();
  return true;
}

/** `INSERT [WITH SCHEMA EVOLUTION] INTO [TABLE] t`; no table in `INSERT OVERWRITE DIRECTORY`. */
function readInsertHead(reader: TokenReader): boolean {
  skipSchemaEvolution(reader);
  if (reader.nextKeyword === 'INTO' || reader.nextKeyword === 'OVERWRITE') {
    reader.next();
  }
  const isLocal = reader.nextKeyword === 'LOCAL' && reader.keywordAhead(1) === 'DIRECTORY';
  if (isLocal || (reader.nextKeyword === 'DIRECTORY' && !isNameOfTarget(reader))) {
    return false;
  }
  if (reader.nextKeyword === 'TABLE' && !isNameOfTarget(reader)) {
    reader.next();
  }
  return true;
}

/** Whether TABLE or DIRECTORY is the name of the table: a column list or the rows follow. */
function isNameOfTarget(reader: TokenReader): boolean {
  if (!reader.goesOnBehindNext || kindOf(reader.codeBehindNext) === OPEN) {
    return true;
  }
  // `INSERT INTO TABLE values VALUES …`: the clause is behind the name.
  const behind = reader.keywordAhead(1);
  const behindThat = reader.keywordAhead(2);
  if (behind === 'SELECT') {
    return !(behindThat === 'VALUES' && reader.opensBehind(2));
  }
  if (behind === 'FROM') {
    return behindThat === '' && !reader.opensBehind(1);
  }
  return BEHIND_INSERTED.has(behind) && (behind === 'WITH' || !BEHIND_INSERTED.has(behindThat));
}

function skipSchemaEvolution(reader: TokenReader): void {
  if (reader.nextKeyword === 'WITH' && reader.keywordAhead(1) === 'SCHEMA') {
    reader.next();
    reader.next();
    reader.next();
  }
}
