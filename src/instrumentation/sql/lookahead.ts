import { COMMA, codeAt, kindOf, LETTER, OPEN, SEMICOLON_CODE } from './characters.js';
import { type Keyword, keywordAt } from './keywords.js';
import { endOfBlank } from './lexer.js';
import { endOfWord } from './literals.js';

const NOWHERE = -1;

/**
 * Looks at the token behind a place, white space and comments aside. Remembers the last look: for one word several
 * questions are asked, and the white space may be long.
 */
export class Lookahead {
  readonly sql: string;
  #end = NOWHERE;
  #next = NOWHERE;

  constructor(sql: string) {
    this.sql = sql;
  }

  /** Where the token behind `end` begins. */
  next(end: number): number {
    if (end !== this.#end) {
      this.#end = end;
      this.#next = endOfBlank(this.sql, end);
    }
    return this.#next;
  }

  /** The first character of the token. */
  code(end: number): number {
    return codeAt(this.sql, this.next(end));
  }

  /** The token as a keyword; '' if it is none. */
  keyword(end: number): Keyword {
    const start = this.next(end);
    return kindOf(codeAt(this.sql, start)) === LETTER
      ? keywordAt(this.sql, start, endOfWord(this.sql, start))
      : '';
  }

  /** Whether it is a parenthesis that opens. */
  opens(end: number): boolean {
    return kindOf(this.code(end)) === OPEN;
  }

  /** Whether the statement ends there, or the element of a list. */
  separates(end: number): boolean {
    const code = this.code(end);
    return code === SEMICOLON_CODE || kindOf(code) === COMMA;
  }
}
