import { BACKTICK, COMMA_CODE, codeAt, DOT_CODE, kindOf, LETTER, OPEN, OPEN_CODE } from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import { endOfBlank } from './lexer.js';
import { Principals } from './principals.js';
import { PropertyLists } from './propertyLists.js';
import {
  beginsString,
  endOfFirstPiece,
  endOfOne,
  endOfPieces,
  keywordBehind,
  looksLikePath,
  needsNoCare,
} from './rawOperands.js';

/** Statements in which values stand without quotes, if somebody writes them so. */
const WATCHED = keywords(
  'CREATE REPLACE ALTER DROP DESCRIBE DESC COMMENT SHOW SYNC COPY LOAD INSERT CACHE GRANT REVOKE DENY REFRESH ' +
    'ADD LIST PUT GET REMOVE KILL DFS SET TRUNCATE ANALYZE MSCK EXPORT IMPORT',
);
/** Statements that may name users, groups or recipients. */
const ABOUT_PRINCIPALS = keywords(
  'CREATE REPLACE ALTER DROP DESCRIBE DESC COMMENT SHOW SYNC GRANT REVOKE DENY',
);
/** What begins a query behind the head of a statement: from there on nothing is watched. */
const QUERY_WORDS = keywords('SELECT WITH FROM VALUES TABLE');
const RESOURCES = keywords('FILE FILES JAR JARS ARCHIVE ARCHIVES');
const NOTHING: readonly Keyword[] = [];
const PUT_STOPS: readonly Keyword[] = ['INTO', 'OVERWRITE'];
const GET_STOPS: readonly Keyword[] = ['TO', 'OVERWRITE'];
const LIST_STOPS: readonly Keyword[] = ['WITH', 'LIMIT'];
/** Behind these a word is the name of an object, even if it looks like the beginning of a clause. */
const BEFORE_NAMES = keywords(
  'TABLE VIEW SCHEMA DATABASE CATALOG VOLUME FUNCTION PROCEDURE CONNECTION CREDENTIAL SHARE SERVER EXISTS ' +
    'COLUMN COLUMNS ON TO BY AS INTO',
);

/** Finds the values that stand without quotes in statements about objects, files and people. */
export class BareValues {
  /** Whether the statement may have any. */
  watching = false;

  readonly #sql: string;
  readonly #lists = new PropertyLists();
  /** Only for statements that may name one. */
  #principals: Principals | undefined = undefined;
  #aboutPrincipals = false;
  #script = false;
  #watchingOutside = false;
  #verb: Keyword = '';
  /** The last two words. */
  #word: Keyword = '';
  #wordBefore: Keyword = '';
  #wordIsName = false;
  #depth = 0;

  constructor(sql: string) {
    this.#sql = sql;
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
    return defines && this.#depth === 0 && (this.#word === 'AS' || !this.#precedesName);
  }

  /** A statement begins. @param script whether others follow, each behind a semicolon */
  begin(verb: Keyword, script: boolean): void {
    this.watching = WATCHED.has(verb);
    this.#script = script;
    this.#verb = verb;
    this.#word = '';
    this.#wordBefore = '';
    this.#wordIsName = false;
    this.#depth = 0;
    this.#watchingOutside = false;
    this.#lists.clear();
    this.#aboutPrincipals = ABOUT_PRINCIPALS.has(verb);
    if (this.#aboutPrincipals) {
      this.#principals ??= new Principals(this.#sql);
      this.#principals.begin(verb);
    }
  }

  /** Whether a word or name is itself a value. @param before the token before it */
  isValue(end: number, keyword: Keyword, before: number): boolean {
    return this.#lists.active
      ? this.#lists.isValue(this.#sql, end, keyword, before)
      : this.#aboutPrincipals && this.#principals?.isValue(keyword, before) === true;
  }

  /** Where the value ends that begins behind the word; -1 if none does. @param before the token before the word */
  behindWord(keyword: Keyword, end: number, before: number): number {
    const isName = before === DOT_CODE || this.#precedesName;
    const isSilent = this.#lists.active || before === DOT_CODE;
    const value = isSilent ? -1 : this.#behind(keyword, end, before, isName);
    this.#wordIsName = isName;
    this.#wordBefore = this.#word;
    this.#word = keyword;
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
    this.#wordBefore = this.#word;
    this.#word = '';
    this.#wordIsName = false;
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
      this.#lists.open(word, this.#lists.active && QUERY_WORDS.has(keywordBehind(this.#sql, end)));
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
    return word === this.#word && this.#wordIsName && !(word === 'PARTITION' && this.#verb === 'ALTER');
  }

  /** Whether the word behind the last one is the name of an object, or a column. */
  get #precedesName(): boolean {
    if (this.#wordIsName) {
      return false;
    }
    return BEFORE_NAMES.has(this.#word) || (this.#word === 'LOCATION' && this.#wordBefore === 'EXTERNAL');
  }

  #behind(keyword: Keyword, end: number, before: number, isName: boolean): number {
    const principal = this.#aboutPrincipals
      ? (this.#principals?.behindWord(keyword, this.#word, this.#wordBefore, end, this.#depth) ?? -1)
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
        return keyword === 'FROM' && !isName && this.#beginsSource(before) && !this.#opensBehind(end)
          ? this.#one(end)
          : -1;
      case 'LOAD':
        return keyword === 'INPATH' ? this.#one(end) : -1;
      case 'COMMENT':
        return keyword === 'IS' && keywordBehind(this.#sql, end) !== 'NULL' ? this.#pieces(end, NOTHING) : -1;
      case 'SHOW':
        return keyword === 'LIKE' ? this.#one(end) : -1;
      case 'EXPORT':
      case 'IMPORT':
        return keyword === 'TO' || keyword === 'FROM' ? this.#one(end) : -1;
      default:
        return this.#behindInCommand(keyword, end);
    }
  }

  /** Whether FROM comes before the source of COPY INTO: `FROM s`, `FROM (SELECT a FROM s)`. */
  #beginsSource(before: number): boolean {
    const isColumn = this.#word === 'SELECT' || before === COMMA_CODE;
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
        return this.#word !== 'EXTERNAL' && this.#depth === 0 && !this.#opensBehind(end)
          ? this.#one(end)
          : -1;
      case 'COMMENT':
        return before !== OPEN_CODE && before !== COMMA_CODE ? this.#one(end) : -1;
      case 'JAR':
      case 'FILE':
      case 'ARCHIVE':
        return this.#word === 'USING' || before === COMMA_CODE ? this.#one(end) : -1;
      default:
        return -1;
    }
  }

  #behindInInsert(keyword: Keyword, end: number): number {
    if (keyword === 'DIRECTORY') {
      const start = endOfBlank(this.#sql, end);
      const isQuoted = kindOf(codeAt(this.#sql, start)) === BACKTICK;
      return isQuoted || looksLikePath(this.#sql, start) ? this.#one(end) : -1;
    }
    if (
      this.#depth === 0 &&
      QUERY_WORDS.has(keyword) &&
      this.#word !== 'INTO' &&
      this.#word !== 'OVERWRITE'
    ) {
      this.watching = false;
    }
    return -1;
  }

  /** Commands about files. */
  #behindInCommand(keyword: Keyword, end: number): number {
    const isVerb = this.#word === this.#verb && this.#wordBefore === '';
    switch (this.#verb) {
      case 'ADD':
        return isVerb && keyword !== 'ADD' ? this.#pieces(end, NOTHING) : -1;
      case 'LIST':
        return this.#behindInList(keyword, end, isVerb);
      case 'PUT':
        return keyword === 'PUT' || keyword === 'INTO' ? this.#pieces(end, PUT_STOPS) : -1;
      case 'GET':
        return this.#behindInGet(keyword, end);
      case 'REMOVE':
        return keyword === 'REMOVE' ? this.#pieces(end, NOTHING) : -1;
      case 'DFS':
      case 'KILL':
        return keyword === this.#verb ? this.#pieces(end, NOTHING) : -1;
      case 'REFRESH':
        return keyword === 'REFRESH' && this.#pathBehind(end) ? this.#pieces(end, NOTHING) : -1;
      case 'SET':
        return keyword === 'ROLE' || (keyword === 'ZONE' && this.#word === 'TIME')
          ? this.#pieces(end, NOTHING)
          : -1;
      default:
        return -1;
    }
  }

  #behindInList(keyword: Keyword, end: number, isVerb: boolean): number {
    if (keyword === 'LIST') {
      return RESOURCES.has(keywordBehind(this.#sql, end)) ? -1 : this.#pieces(end, LIST_STOPS);
    }
    return isVerb && RESOURCES.has(keyword) ? this.#pieces(end, NOTHING) : -1;
  }

  #behindInGet(keyword: Keyword, end: number): number {
    const next = keyword === 'GET' ? keywordBehind(this.#sql, end) : '';
    if (next === 'DIAGNOSTICS' || next === 'STACKED') {
      this.watching = false;
      return -1;
    }
    return keyword === 'GET' || keyword === 'TO' ? this.#pieces(end, GET_STOPS) : -1;
  }

  #pathBehind(end: number): boolean {
    const start = endOfBlank(this.#sql, end);
    const kind = kindOf(codeAt(this.#sql, start));
    return (kind !== LETTER && kind !== OPEN) || looksLikePath(this.#sql, start);
  }

  #queryBehind(end: number): boolean {
    return this.#opensBehind(end) || QUERY_WORDS.has(keywordBehind(this.#sql, end));
  }

  #opensBehind(end: number): boolean {
    return kindOf(codeAt(this.#sql, endOfBlank(this.#sql, end))) === OPEN;
  }

  #one(end: number): number {
    const start = endOfBlank(this.#sql, end);
    return needsNoCare(this.#sql, start) ? -1 : endOfValue(start, endOfOne(this.#sql, start));
  }

  #pieces(end: number, stops: readonly Keyword[]): number {
    const start = endOfBlank(this.#sql, end);
    const isString = beginsString(this.#sql, start);
    if (needsNoCare(this.#sql, start) && !isString) {
      return -1;
    }
    const valueEnd = endOfPieces(this.#sql, start, stops, !this.#script);
    // A string is left to the tokens, unless there is more behind it.
    return isString && valueEnd === endOfFirstPiece(this.#sql, start, !this.#script)
      ? -1
      : endOfValue(start, valueEnd);
  }
}

function endOfValue(start: number, end: number): number {
  return end > start ? end : -1;
}
