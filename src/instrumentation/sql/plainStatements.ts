import { BLANK, codeAt, DOT_CODE, END, kindOf, LETTER, OPEN_CODE, SEMICOLON_CODE } from './characters.js';
import { endOfToken } from './lexer.js';
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
  let i = insertEnd;
  for (let tokens = 0; tokens < MOST_INSERT_TOKENS; ) {
    const code = codeAt(sql, i);
    if (kindOf(code) === LETTER) {
      const end = endOfWord(sql, i);
      if (isInsertClause(sql, i, end)) {
        return true;
      }
      tokens++;
      i = end;
    } else if (code === BLANK || code === DOT_CODE) {
      // What comes most often, without the general machinery.
      i++;
    } else if (code === OPEN_CODE || code === SEMICOLON_CODE || code === END) {
      return false;
    } else {
      tokens++;
      i = endOfToken(sql, i);
    }
  }
  return true;
}

function isInsertClause(sql: string, start: number, end: number): boolean {
  switch (end - start) {
    case 7:
      return isWord(sql, start, end, 'OPTIONS');
    case 9:
      return isWord(sql, start, end, 'PARTITION') || isWord(sql, start, end, 'DIRECTORY');
    default:
      return false;
  }
}
