import { COLON_CODE, codeAt, END, SEMICOLON_CODE } from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import { endOfBlank } from './lexer.js';
import { keywordBehind } from './rawOperands.js';

/** Words before a statement. */
const BEFORE_STATEMENT = keywords('EXPLAIN EXTENDED CODEGEN COST FORMATTED LOGICAL ATOMIC NOT');
/** Words of a script with a statement behind them. */
const BLOCKS = keywords('BEGIN THEN ELSE DO LOOP REPEAT');

/** Knows where statements begin, in scripts too. */
export class StatementStart {
  /** Whether the next word begins a statement. */
  expected = true;
  /** Whether the text is a script, in which statements end with a semicolon. */
  script = false;

  /** A word came where a statement was expected. @returns whether it is the statement's first */
  take(sql: string, keyword: Keyword, end: number): boolean {
    if (BEFORE_STATEMENT.has(keyword)) {
      return false;
    }
    if (BLOCKS.has(keyword) && (keyword !== 'BEGIN' || isBlock(sql, end))) {
      this.script ||= keyword === 'BEGIN' || keyword === 'LOOP' || keyword === 'REPEAT';
      return false;
    }
    // A label: `l: BEGIN`. What is known begins a statement, whose parameter may follow: `SELECT :p`.
    if (keyword === '' && codeAt(sql, endOfBlank(sql, end)) === COLON_CODE) {
      return false;
    }
    this.expected = false;
    return true;
  }

  /** A word came within a statement. */
  pass(keyword: Keyword): void {
    this.expected = this.script && BLOCKS.has(keyword);
  }

  /** `AS BEGIN` of a procedure. */
  enterBody(): void {
    this.script = true;
    this.expected = true;
  }
}

/** Whether BEGIN begins a block, not a transaction. */
function isBlock(sql: string, end: number): boolean {
  const next = keywordBehind(sql, end);
  const code = codeAt(sql, endOfBlank(sql, end));
  return next !== 'TRANSACTION' && next !== 'WORK' && code !== SEMICOLON_CODE && code !== END;
}
