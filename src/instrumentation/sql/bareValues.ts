import { BACKTICK, COMMA_CODE, DOT_CODE, kindOf, OPEN_CODE } from './characters.js';
import { FileCommands } from './fileCommands.js';
import { type Keyword, keywords } from './keywords.js';
import type { Lookahead } from './lookahead.js';
import { Principals } from './principals.js';
import { PropertyLists, QUERY_WORDS } from './propertyLists.js';
import { endOfOneBehind, endOfPiecesBehind, looksLikePath } from './rawOperands.js';
import { RecentWords } from './recentWords.js';

/** Statements in which values stand without quotes, if somebody writes them so. */
const WATCHED = keywords(
  'CREATE REPLACE ALTER DROP DESCRIBE DESC COMMENT SHOW SYNC COPY LOAD INSERT CACHE GRANT REVOKE DENY REFRESH ' +
    'ADD LIST PUT GET REMOVE KILL DFS SET TRUNCATE ANALYZE MSCK EXPORT IMPORT',
);
/** Statements that may name users, groups or recipients. */
const ABOUT_PRINCIPALS = keywords(
  'CREATE REPLACE ALTER DROP DESCRIBE DESC COMMENT SHOW SYNC GRANT REVOKE DENY',
);
/** Behind these words of an INSERT no query begins: `INSERT WITH SCHEMA EVOLUTION`, `INTO table`. */
const BEFORE_TARGET = keywords('INSERT INTO OVERWRITE');
const NO_STOPS: readonly Keyword[] = [];
/** Finds the values that stand without quotes in statements about objects, files and people. */
export class BareValues {
  /** Whether the statement may have any. */
  watching = false;

  readonly #ahead: Lookahead;
  readonly #lists: PropertyLists;
  readonly #commands: FileCommands;
  /** Only for statements that may name one. */
  #principals: Principals | undefined = undefined;
  #aboutPrincipals = false;
  #script = false;
  #watchingOutside = false;
  #verb: Keyword = '';
  readonly #words = new RecentWords();
  #depth = 0;

  constructor(ahead: Lookahead) {
    this.#ahead = ahead;
    this.#lists = new PropertyLists(ahead);
    this.#commands = new FileCommands(ahead);
  }

  /** Whether statements with this first word may have such values. */
  static watches(verb: Keyword): boolean {
    return WATCHED.has(verb);
  }

  /** Whether keys and values are being read. */
  get inList(): boolean {
    return this.#lists.active;
  }

  /** Whether BEGIN would begin the body of a procedure. */
  get bodyFollows(): boolean {
    const defines = this.#verb === 'CREATE' || this.#verb === 'REPLACE';
    return defines && this.#depth === 0 && (this.#words.last === 'AS' || !this.#words.awaitName);
  }

  /** A statement begins. @param script whether others follow, each behind a semicolon */
  begin(verb: Keyword, script: boolean): void {
    this.watching = WATCHED.has(verb);
    this.#script = script;
    this.#verb = verb;
    this.#words.clear();
    this.#depth = 0;
    this.#watchingOutside = false;
    this.#lists.clear();
    this.#aboutPrincipals = ABOUT_PRINCIPALS.has(verb);
    if (this.#aboutPrincipals) {
      this.#principals ??= new Principals(this.#ahead);
      this.#principals.begin(verb);
    }
  }

  /** Whether a word or name is itself a value. @param before the token before it */
  isValue(end: number, keyword: Keyword, before: number): boolean {
    return this.#lists.active
      ? this.#lists.isValue(end, keyword, before)
      : this.#aboutPrincipals && this.#principals?.isValue(keyword, before) === true;
  }

  /** Where the value ends that begins behind the word; -1 if none does. @param before the token before the word */
  behindWord(keyword: Keyword, end: number, before: number): number {
    const isName = this.#words.precedeName(before);
    const isSilent = this.#lists.active || before === DOT_CODE;
    const value = isSilent ? -1 : this.#behind(keyword, end, before, isName);
    this.#words.pass(keyword, isName);
    if (value !== -1) {
      this.passName();
    }
    return value;
  }

  /** A value came, or what stands for one. */
  passLiteral(): void {
    if (this.#lists.active) {
      this.#lists.literal();
    }
    this.passName();
  }

  /** Something came that is no word: a name in backticks, a value, a parenthesis. */
  passName(): void {
    this.#words.pass('', false);
  }

  behindComma(end: number): number {
    if (this.#lists.active) {
      this.#lists.comma();
      return -1;
    }
    return this.#depth === 0 && this.#aboutPrincipals ? (this.#principals?.behindComma(end) ?? -1) : -1;
  }

  equals(): void {
    if (this.#lists.active) {
      this.#lists.equals();
    }
  }

  /** @param word the keyword directly before the parenthesis @param end where the parenthesis ends */
  open(word: Keyword, end: number): void {
    this.#depth++;
    if (this.#lists.active || (PropertyLists.begins(word) && !this.#isName(word))) {
      this.#watchingOutside = this.#lists.active ? this.#watchingOutside : this.watching;
      this.#lists.open(word, end);
      this.watching = true;
    } else if (this.#verb === 'INSERT') {
      // The columns, or the query: what has values without quotes stands before.
      this.watching = false;
    }
  }

  close(): void {
    this.#depth--;
    this.passName();
    if (this.#lists.active) {
      this.#lists.close();
      this.watching = this.#lists.active || this.#watchingOutside;
    }
  }

  /** Whether the word before a parenthesis is a name: `CREATE TABLE IF NOT EXISTS partition (a INT)`. */
  #isName(word: Keyword): boolean {
    // Not so in `ALTER TABLE t DROP IF EXISTS PARTITION (a = 1)`.
    return this.#words.endWithName(word) && !(word === 'PARTITION' && this.#verb === 'ALTER');
  }

  #behind(keyword: Keyword, end: number, before: number, isName: boolean): number {
    const principal = this.#aboutPrincipals
      ? (this.#principals?.behindWord(keyword, this.#words, end, this.#depth) ?? -1)
      : -1;
    if (principal !== -1) {
      return principal;
    }
    switch (this.#verb) {
      case 'CREATE':
      case 'REPLACE':
      case 'ALTER':
      case 'CACHE':
        return isName ? -1 : this.#behindInDefinition(keyword, end, before);
      case 'INSERT':
        return isName ? -1 : this.#behindInInsert(keyword, end);
      case 'COPY':
        return keyword === 'FROM' && !isName && this.#beginsSource(before)
          ? this.#unlessOpen(end)
          : this.#lists.endWithoutParentheses(isName ? '' : keyword, end);
      case 'LOAD':
        return keyword === 'INPATH' ? this.#one(end) : -1;
      case 'COMMENT':
        return keyword === 'IS' && this.#ahead.keyword(end) !== 'NULL'
          ? endOfPiecesBehind(this.#ahead, end, NO_STOPS, !this.#script)
          : -1;
      case 'SHOW':
        return keyword === 'LIKE' ? this.#one(end) : -1;
      case 'EXPORT':
      case 'IMPORT':
        return keyword === 'TO' || keyword === 'FROM' ? this.#one(end) : -1;
      case 'GET':
        return this.#behindInGet(keyword, end);
      default:
        return this.#commands.behindWord(this.#verb, keyword, this.#words.last, end, !this.#script);
    }
  }

  /** Whether FROM comes before the source of COPY INTO: `FROM s`, `FROM (SELECT a FROM s)`. */
  #beginsSource(before: number): boolean {
    const isColumn = this.#words.last === 'SELECT' || before === COMMA_CODE;
    return this.#depth === 0 || (this.#depth === 1 && !isColumn);
  }

  /** CREATE, ALTER: their clauses, up to the query or the body. */
  #behindInDefinition(keyword: Keyword, end: number, before: number): number {
    switch (keyword) {
      case 'AS':
      case 'RETURN':
        this.watching = this.#depth > 0 || !this.#queryBehind(end);
        return -1;
      case 'SELECT':
        this.watching = this.#depth > 0;
        return -1;
      case 'LOCATION':
      case 'URL':
        return this.#words.last !== 'EXTERNAL' && this.#depth === 0 ? this.#unlessOpen(end) : -1;
      case 'COMMENT':
        return before !== OPEN_CODE && before !== COMMA_CODE ? this.#one(end) : -1;
      case 'JAR':
      case 'FILE':
      case 'ARCHIVE':
        return this.#words.last === 'USING' || before === COMMA_CODE ? this.#one(end) : -1;
      default:
        return this.#depth === 0 ? this.#lists.endWithoutParentheses(keyword, end) : -1;
    }
  }

  #behindInInsert(keyword: Keyword, end: number): number {
    if (keyword === 'DIRECTORY') {
      const isQuoted = kindOf(this.#ahead.code(end)) === BACKTICK;
      return isQuoted || looksLikePath(this.#ahead.sql, this.#ahead.next(end)) ? this.#one(end) : -1;
    }
    if (this.#depth === 0 && QUERY_WORDS.has(keyword) && !BEFORE_TARGET.has(this.#words.last)) {
      this.watching = false;
    }
    return -1;
  }

  #behindInGet(keyword: Keyword, end: number): number {
    const next = keyword === 'GET' ? this.#ahead.keyword(end) : '';
    if (next === 'DIAGNOSTICS' || next === 'STACKED') {
      this.watching = false;
      return -1;
    }
    return this.#commands.behindWord('GET', keyword, this.#words.last, end, !this.#script);
  }

  #queryBehind(end: number): boolean {
    return this.#ahead.opens(end) || QUERY_WORDS.has(this.#ahead.keyword(end));
  }

  #unlessOpen(end: number): number {
    return this.#ahead.opens(end) ? -1 : this.#one(end);
  }

  #one(end: number): number {
    return endOfOneBehind(this.#ahead, end);
  }
}
