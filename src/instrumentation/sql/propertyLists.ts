import { DOT_CODE, kindOf, OPEN, QUESTION_CODE, QUOTE } from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import type { Lookahead } from './lookahead.js';

/** Words before a list of keys and values. */
const LIST_WORDS = keywords(
  'OPTIONS TBLPROPERTIES DBPROPERTIES PROPERTIES SERDEPROPERTIES TAGS FORMAT_OPTIONS COPY_OPTIONS CREDENTIAL ' +
    'ENCRYPTION ENVIRONMENT PARTITION WITH',
);

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
      this.#keySeen = true;
      this.#nameFollows = keyword === 'CREDENTIAL';
      return false;
    }
    if (keyword === 'CREDENTIAL' && !this.#inValue) {
      this.#nameFollows = true;
      return false;
    }
    this.#inValue = true;
    if (this.#nameFollows) {
      this.#nameFollows = false;
      return false;
    }
    return !this.#callsOrTypes(end);
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
    const code = this.#ahead.code(end);
    const kind = kindOf(code);
    return kind === OPEN || kind === QUOTE || code === QUESTION_CODE;
  }
}
