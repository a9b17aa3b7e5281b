import {
  CLOSE,
  COMMA,
  codeAt,
  DOT_CODE,
  END,
  isDigit,
  kindOf,
  OPEN,
  QUESTION_CODE,
  QUOTE,
  SEMICOLON_CODE,
  TYPOGRAPHIC_QUOTE,
} from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import { endOfStrings } from './lexer.js';
import type { Lookahead } from './lookahead.js';
import { PLACEHOLDER } from './output.js';
import { endOfStatement } from './settings.js';
import { endsWithWord } from './words.js';

/** Words before a list of keys and values. */
const LIST_WORDS = keywords(
  'OPTIONS TBLPROPERTIES DBPROPERTIES PROPERTIES SERDEPROPERTIES TAGS FORMAT_OPTIONS COPY_OPTIONS CREDENTIAL ' +
    'ENCRYPTION ENVIRONMENT PARTITION WITH',
);

/** Those that stand nowhere without a list. */
const OPTION_WORDS = keywords('OPTIONS FORMAT_OPTIONS COPY_OPTIONS');

/** Behind these a string is a literal of that type; behind any other word a quote is missing. */
const TYPES = ['DATE', 'TIMESTAMP', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'INTERVAL'];
/** The functions that a value is made with. Any other word before a parenthesis may be half a password. */
const FUNCTIONS = [
  ...[
    'SECRET',
    'TRY_SECRET',
    'CONCAT',
    'LOWER',
    'UPPER',
    'CAST',
    'IDENTIFIER',
    'DATE',
    'TIMESTAMP',
    'TO_DATE',
  ],
  ...['TO_TIMESTAMP', 'CURRENT_DATE', 'CURRENT_TIMESTAMP', 'DATE_ADD', 'DATE_SUB', 'YEAR', 'MONTH', 'DAY'],
];

/** What begins a query, where one may stand. */
export const QUERY_WORDS = keywords('SELECT WITH FROM VALUES TABLE');

// What stands in a parenthesis of a list.
const KEYS_AND_VALUES = 0;
/** A value in parentheses, or the arguments of a function. */
const VALUES = 1;
const QUERY = 2;

/**
 * Follows the lists of keys and values, as in `OPTIONS (user 'u', password = 'p')`. The server asks for literals
 * there; what somebody wrote without quotes was meant as a value nevertheless.
 */
export class PropertyLists {
  readonly #ahead: Lookahead;
  /** What stands in each parenthesis that is open, beginning with the list itself. */
  readonly #depths: number[] = [];
  #keySeen = false;
  #inValue = false;
  /** What follows is the name of a credential: `WITH (STORAGE CREDENTIAL c)`. */
  #nameFollows = false;
  /** A quote or a comma is missing, so that what looks like a key may be a value. */
  #broken = false;

  constructor(ahead: Lookahead) {
    this.#ahead = ahead;
  }

  get active(): boolean {
    return this.#depths.length > 0;
  }

  static begins(word: Keyword): boolean {
    return LIST_WORDS.has(word);
  }

  /** @param word the keyword before the parenthesis @param end where the parenthesis ends */
  open(word: Keyword, end: number): void {
    const isList = !this.active || (this.#place === KEYS_AND_VALUES && PropertyLists.begins(word));
    if (isList) {
      this.#broken &&= this.active;
      this.#depths.push(KEYS_AND_VALUES);
      this.#next();
    } else {
      const isQuery = this.#place === QUERY || QUERY_WORDS.has(this.#ahead.keyword(end));
      this.#depths.push(isQuery ? QUERY : VALUES);
    }
  }

  close(): void {
    this.#depths.pop();
    this.#keySeen = true;
    this.#inValue = true;
  }

  /** A string, a number or a marker: a key or a value. */
  literal(): void {
    this.#inValue = this.#keySeen;
    this.#keySeen = true;
  }

  clear(): void {
    this.#depths.length = 0;
  }

  comma(): void {
    if (this.#place === KEYS_AND_VALUES) {
      this.#next();
    }
  }

  equals(): void {
    this.#inValue = true;
  }

  /** Whether the word or name that ends at `end` is a value. @param before the token before it */
  isValue(end: number, keyword: Keyword, before: number): boolean {
    if (this.#place !== KEYS_AND_VALUES) {
      return this.#place === VALUES && !this.#callsOrTypes(end);
    }
    if (!this.#keySeen || (before === DOT_CODE && !this.#inValue)) {
      if (this.#broken || this.#beforeLastString(end)) {
        return true;
      }
      this.#keySeen = true;
      this.#nameFollows = keyword === 'CREDENTIAL';
      return false;
    }
    if (keyword === 'CREDENTIAL' && !this.#inValue) {
      this.#nameFollows = true;
      return false;
    }
    const isKept = this.#callsOrTypes(end) || (LIST_WORDS.has(keyword) && this.#ahead.opens(end));
    const isName = this.#nameFollows;
    const lacksQuote = !isKept && this.#beforeString(end);
    this.#broken ||= lacksQuote || (before === PLACEHOLDER && this.#inValue);
    this.#inValue = true;
    this.#nameFollows = false;
    return lacksQuote || !(isName || isKept);
  }

  /** Where the statement ends, if the word is OPTIONS or the like and no parenthesis follows; -1 if not. */
  endWithoutParentheses(keyword: Keyword, end: number): number {
    if (!OPTION_WORDS.has(keyword)) {
      return -1;
    }
    const { sql } = this.#ahead;
    const start = this.#ahead.next(end);
    const code = codeAt(sql, start);
    const kind = kindOf(code);
    const isName = code === DOT_CODE && !isDigit(codeAt(sql, start + 1));
    const isOver = code === END || code === SEMICOLON_CODE || kind === CLOSE || kind === COMMA;
    return isOver || isName || kind === OPEN ? -1 : endOfStatement(sql, start);
  }

  /** What stands in the innermost parenthesis. */
  get #place(): number | undefined {
    return this.#depths[this.#depths.length - 1];
  }

  #next(): void {
    this.#keySeen = false;
    this.#inValue = false;
    this.#nameFollows = false;
  }

  /** Whether arguments or a literal follow: `secret('scope', 'key')`, `DATE '2024-01-01'`. */
  #callsOrTypes(end: number): boolean {
    const { sql } = this.#ahead;
    const code = this.#ahead.code(end);
    const kind = kindOf(code);
    if (kind === OPEN) {
      return FUNCTIONS.some((name) => endsWithWord(sql, end, name));
    }
    return (kind === QUOTE || code === QUESTION_CODE) && TYPES.some((name) => endsWithWord(sql, end, name));
  }

  #beforeString(end: number): boolean {
    const kind = kindOf(this.#ahead.code(end));
    return kind === QUOTE || kind === TYPOGRAPHIC_QUOTE;
  }

  /** Whether the string behind the word goes to the end of the text, where the list cannot end. */
  #beforeLastString(end: number): boolean {
    const { sql } = this.#ahead;
    return kindOf(this.#ahead.code(end)) === QUOTE && endOfStrings(sql, this.#ahead.next(end)) === sql.length;
  }
}
