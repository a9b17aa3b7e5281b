import { codeAt, END, kindOf, LETTER, OPEN, SEMICOLON_CODE, SPACE } from './characters.js';
import { endOfBlank, endOfToken } from './lexer.js';
import { endOfWord } from './literals.js';
import { isWord } from './words.js';

/** So many tokens of an INSERT are read ahead. */
const MOST_INSERT_TOKENS = 40;

/**
 * Whether the statement that begins with this word has no values without quotes, or hardly ever: SELECT, and INSERT
 * without partitions and directories.
 */
export function isPlainStatement(sql: string, start: number, end: number): boolean {
  if (isWord(sql, start, end, 'SELECT')) {
    return true;
  }
  return isWord(sql, start, end, 'INSERT') && !hasInsertClauses(sql, end);
}

/** Whether an INSERT has clauses with such values before its first parenthesis, as far as can be told. */
function hasInsertClauses(sql: string, insertEnd: number): boolean {
  let i = endOfBlank(sql, insertEnd);
  for (let tokens = 0; tokens < MOST_INSERT_TOKENS; tokens++) {
    const code = codeAt(sql, i);
    const kind = kindOf(code);
    if (kind === OPEN || code === END || code === SEMICOLON_CODE) {
      return false;
    }
    const end = kind === LETTER ? endOfWord(sql, i) : endOfToken(sql, i);
    if (kind === LETTER && isInsertClause(sql, i, end)) {
      return true;
    }
    // A blank is what comes most often: no need to look for comments.
    i = kindOf(codeAt(sql, end)) === SPACE ? endOfBlank(sql, end) : end;
  }
  return true;
}

function isInsertClause(sql: string, start: number, end: number): boolean {
  return (
    isWord(sql, start, end, 'PARTITION') ||
    isWord(sql, start, end, 'DIRECTORY') ||
    isWord(sql, start, end, 'OPTIONS')
  );
}
