import { COLON_CODE, END, OPEN_CODE, SEMICOLON_CODE } from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import type { Lookahead } from './lookahead.js';
import { NOTHING, WORD } from './output.js';
import { LABELLED } from './vocabulary.js';
import { endsWithWord } from './words.js';

/** Words before a statement. */
const BEFORE_STATEMENT = keywords('EXPLAIN EXTENDED CODEGEN COST FORMATTED LOGICAL ATOMIC NOT');
/** Words of a script with a statement behind them. */
const BLOCKS = keywords('BEGIN THEN ELSE DO LOOP REPEAT');

/** Statements of scripts with others in them: in no other does a word such as THEN begin one. */
const HEADS = keywords('IF ELSEIF WHILE FOR CASE WHEN UNTIL DECLARE');
/** Behind these END is a column. */
const BEFORE_OPERAND = keywords('CASE WHEN THEN ELSE AND OR');
const VERBS = keywords(
  'SELECT WITH VALUES TABLE FROM SHOW DESCRIBE DESC INSERT UPDATE DELETE MERGE COPY TRUNCATE LOAD CREATE ALTER DROP ' +
    'REPLACE UNDROP COMMENT ANALYZE MSCK SYNC USE SET UNSET CALL EXECUTE OPTIMIZE VACUUM CACHE REFRESH RESTORE GRANT ' +
    'REVOKE DENY COMMIT ROLLBACK RESET PUT GET REMOVE LIST ADD RETURN END',
);
/** First words of all other statements. */
const OTHER_VERBS = keywords(
  'MAP REDUCE CLEAR FSCK REPAIR UNCACHE REORG CONVERT GENERATE APPLY START KILL DFS LOCK UNLOCK EXPLAIN',
);
/** Hive's commands. `export TOKEN=…` and `import os` are none. */
const BEFORE_TABLE = keywords('EXPORT IMPORT');
/** First words of statements in scripts that mean nothing anywhere else. */
const SCRIPT_WORDS = ['LEAVE', 'ITERATE', 'SIGNAL', 'RESIGNAL', 'OPEN', 'FETCH', 'CLOSE'];

/** Knows where statements begin, in scripts too. */
export class StatementStart {
  /** Whether the next word begins a statement. */
  expected = true;
  /** Whether the text is a script, in which statements end with a semicolon. */
  script = false;
  readonly #ahead: Lookahead;
  /** How many CASE of expressions are open. */
  #cases = 0;
  #previous: Keyword = '';
  #verb: Keyword = '';
  #labelled = false;

  constructor(ahead: Lookahead) {
    this.#ahead = ahead;
  }

  /** Whether the word before is a label, which it would not be without what follows. */
  get labelled(): boolean {
    return this.#labelled;
  }

  /**
   * Whether the word, or the name in backticks, begins no statement, but a pasted token, a configuration or the like.
   * @param before the token before it
   */
  isForeign(keyword: Keyword, end: number, before: number): boolean {
    const isFirst =
      before === NOTHING || before === OPEN_CODE || before === SEMICOLON_CODE || before === WORD;
    if (!isFirst && !(before === COLON_CODE && this.#labelled)) {
      return true;
    }
    const begins = this.#begins(keyword, end);
    this.#labelled = !begins && this.#isLabel(end);
    return !(begins || this.#labelled);
  }

  /** A word came where a statement was expected. @returns whether it is the statement's first */
  take(keyword: Keyword, end: number): boolean {
    if (BEFORE_STATEMENT.has(keyword)) {
      return false;
    }
    if (BLOCKS.has(keyword) && (keyword !== 'BEGIN' || this.#isBlock(end))) {
      this.script ||= keyword === 'BEGIN' || keyword === 'LOOP' || keyword === 'REPEAT';
      return false;
    }
    if (this.#labelled) {
      return false;
    }
    this.expected = false;
    this.#previous = keyword;
    // Something else was no statement after all, but a name such as `do`.
    if (HEADS.has(keyword) || VERBS.has(keyword)) {
      this.#verb = keyword;
    }
    return true;
  }

  /** A word came within a statement. */
  pass(keyword: Keyword): void {
    if (!this.script || !HEADS.has(this.#verb)) {
      return;
    }
    if (keyword === 'CASE' && this.#previous !== 'END') {
      this.#cases++;
    } else if (keyword === 'END' && this.#cases > 0 && !BEFORE_OPERAND.has(this.#previous)) {
      this.#cases--;
    }
    this.#previous = keyword;
    this.expected = this.#cases === 0 && this.#entersBlock(keyword);
  }

  #entersBlock(keyword: Keyword): boolean {
    switch (keyword) {
      case 'DO':
        return this.#verb === 'WHILE' || this.#verb === 'FOR';
      case 'THEN':
      case 'ELSE':
        return this.#verb !== 'WHILE' && this.#verb !== 'FOR';
      default:
        return BLOCKS.has(keyword);
    }
  }

  endStatement(): void {
    this.expected = true;
    this.#cases = 0;
    this.#previous = '';
    this.#verb = '';
    this.#labelled = false;
  }

  /** `AS BEGIN` of a procedure. */
  enterBody(): void {
    this.script = true;
    this.expected = true;
  }

  #begins(keyword: Keyword, end: number): boolean {
    if (keyword === '') {
      return this.script && SCRIPT_WORDS.some((word) => endsWithWord(this.#ahead.sql, end, word));
    }
    if (BEFORE_TABLE.has(keyword)) {
      return this.#ahead.keyword(end) === 'TABLE';
    }
    return (
      VERBS.has(keyword) ||
      HEADS.has(keyword) ||
      BLOCKS.has(keyword) ||
      BEFORE_STATEMENT.has(keyword) ||
      OTHER_VERBS.has(keyword)
    );
  }

  /** `l: BEGIN`. */
  #isLabel(end: number): boolean {
    return (
      this.#ahead.code(end) === COLON_CODE && LABELLED.has(this.#ahead.keyword(this.#ahead.next(end) + 1))
    );
  }

  /** Whether BEGIN begins a block, not a transaction. */
  #isBlock(end: number): boolean {
    const next = this.#ahead.keyword(end);
    const code = this.#ahead.code(end);
    return next !== 'TRANSACTION' && next !== 'WORK' && code !== SEMICOLON_CODE && code !== END;
  }
}
