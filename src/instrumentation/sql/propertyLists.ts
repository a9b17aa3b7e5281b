import {
  COLON_CODE,
  codeAt,
  DOT_CODE,
  kindOf,
  MINUS_CODE,
  OPEN,
  QUESTION_CODE,
  QUOTE,
} from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import { endOfBlank } from './lexer.js';

/** Words before a list of keys and values. */
const LIST_WORDS = keywords(
  'OPTIONS TBLPROPERTIES DBPROPERTIES PROPERTIES SERDEPROPERTIES TAGS FORMAT_OPTIONS COPY_OPTIONS CREDENTIAL ' +
    'ENCRYPTION ENVIRONMENT PARTITION WITH',
);

/**
 * Follows the lists of keys and values, as in `OPTIONS (user 'u', password = 'p')`. The server asks for literals
 * there; what somebody wrote without quotes was meant as a value nevertheless.
 */
export class PropertyLists {
  /** By depth within the list: whether keys and values stand there, rather than the arguments of a function. */
  readonly #depths: boolean[] = [];
  #keySeen = false;
  #inValue = false;
  /** What follows is the name of a credential: `WITH (STORAGE CREDENTIAL c)`. */
  #nameFollows = false;

  get active(): boolean {
    return this.#depths.length > 0;
  }

  static begins(word: Keyword): boolean {
    return LIST_WORDS.has(word);
  }

  open(word: Keyword): void {
    const isList = !this.active || (this.#inKeysAndValues && PropertyLists.begins(word));
    this.#depths.push(isList);
    if (isList) {
      this.#next();
    }
  }

  close(): void {
    this.#depths.pop();
    this.#keySeen = true;
    this.#inValue = true;
  }

  clear(): void {
    this.#depths.length = 0;
  }

  comma(): void {
    if (this.#inKeysAndValues) {
      this.#next();
    }
  }

  equals(): void {
    this.#inValue = true;
  }

  /** Whether the word or name that ends at `end` is a value. @param before the token before it */
  isValue(sql: string, end: number, keyword: Keyword, before: number): boolean {
    if (!this.#inKeysAndValues) {
      return false;
    }
    const partOfKey = before === DOT_CODE || before === COLON_CODE || before === MINUS_CODE;
    if (!this.#keySeen || (partOfKey && !this.#inValue)) {
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
    return !callsOrTypes(sql, end);
  }

  get #inKeysAndValues(): boolean {
    return this.#depths[this.#depths.length - 1] === true;
  }

  #next(): void {
    this.#keySeen = false;
    this.#inValue = false;
    this.#nameFollows = false;
  }
}

/** Whether arguments or a literal follow: `secret('scope', 'key')`, `DATE '2024-01-01'`. */
function callsOrTypes(sql: string, end: number): boolean {
  const code = codeAt(sql, endOfBlank(sql, end));
  return kindOf(code) === OPEN || kindOf(code) === QUOTE || code === QUESTION_CODE;
}
