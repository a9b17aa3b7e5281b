import {
  BLANK,
  CLOSE_BRACE_CODE,
  CLOSE_BRACKET_CODE,
  CLOSE_CODE,
  COMMA_CODE,
  codeAt,
  kindOf,
  OPEN_CODE,
  SEMICOLON_CODE,
  SPACE,
} from './characters.js';
import { type Keyword, keywordAt } from './keywords.js';
import { endOfSpace } from './lexer.js';
import { endOfWord } from './literals.js';
import { isWord } from './words.js';

// What the last token was: one of these, or the character code of a punctuation mark. Control characters are
// never tokens, so that the numbers below 32 are free.
export const NOTHING = 0;
export const WORD = 1;
export const NAME = 2;
export const PLACEHOLDER = 3;

const NOWHERE = -1;

/** Words after which a plus or minus belongs to the number behind it. */
const BEFORE_SIGN: ReadonlySet<string> = new Set([
  ...['SELECT', 'DISTINCT', 'WHERE', 'HAVING', 'ON', 'AND', 'OR', 'NOT', 'BETWEEN', 'LIMIT', 'OFFSET'],
  ...['CASE', 'WHEN', 'THEN', 'ELSE', 'INTERVAL', 'DEFAULT', 'RETURN'],
]);
const LONGEST_BEFORE_SIGN = 8;

/**
 * Text that is put together from tokens of the input, never longer than `maxLength`. It ends between tokens, so
 * that a shortened text reads the same as the beginning of the whole one. Tokens that stand in the input as they
 * shall stand in the output are gathered into one slice, and the slices are joined at the end.
 */
export class SanitizedText {
  last = NOTHING;
  /** What the token before that was. */
  beforeLast = NOTHING;
  /** White space or a comment stood before the current token. */
  spaced = false;
  full = false;
  /** Where the last word or name in backticks stands. */
  wordStart = 0;
  wordEnd = 0;

  readonly #sql: string;
  readonly #maxLength: number;
  /** The text but for the last slice, which may still grow. */
  #text = '';
  #length = 0;
  #runStart = 0;
  #runEnd = 0;
  #previousStart = NOWHERE;
  #markedText = '';

  constructor(sql: string, maxLength: number) {
    this.#sql = sql;
    this.#maxLength = maxLength;
  }

  separate(): void {
    this.spaced = this.last !== NOTHING && this.last !== OPEN_CODE;
  }

  /** Takes over the white space that may begin at `start`; answers where it ends. */
  separateAt(start: number): number {
    if (kindOf(codeAt(this.#sql, start)) !== SPACE) {
      return start;
    }
    this.separate();
    return endOfSpace(this.#sql, start);
  }

  keep(start: number, end: number, kind: number): void {
    if (kind === COMMA_CODE || kind === CLOSE_CODE) {
      this.spaced = false;
    }
    if (kind === WORD || kind === NAME) {
      this.#previousStart = this.last === WORD ? this.wordStart : NOWHERE;
      this.wordStart = start;
      this.wordEnd = end;
    }
    const gap = this.spaced ? 1 : 0;
    this.beforeLast = this.last;
    this.last = kind;
    this.spaced = false;
    if (!this.#claim(gap + end - start)) {
      return;
    }
    const continues =
      start - gap === this.#runEnd && (gap === 0 || this.#sql.charCodeAt(this.#runEnd) === BLANK);
    if (!continues) {
      this.#endRun();
      if (gap === 1) {
        this.#text += ' ';
      }
      this.#runStart = start;
    }
    this.#runEnd = end;
  }

  /** Writes `?` for a literal, apart from a word before it: `DATE'…'` becomes `DATE ?`. */
  placeholder(): void {
    const gap = this.spaced || this.last === WORD ? 1 : 0;
    this.beforeLast = this.last;
    this.last = PLACEHOLDER;
    this.spaced = false;
    if (!this.#claim(gap + 1)) {
      return;
    }
    this.#endRun();
    this.#text += gap === 1 ? ' ?' : '?';
  }

  /** Ends the text here unless it has room for a token with so many characters behind it. */
  requireRoom(length: number): void {
    if (!this.full && this.#length + (this.spaced ? 1 : 0) + length > this.#maxLength) {
      this.full = true;
    }
  }

  /** The last token as a keyword; '' if it is none. */
  get lastKeyword(): Keyword {
    return this.last === WORD ? keywordAt(this.#sql, this.wordStart, this.wordEnd) : '';
  }

  /** Whether a word stands directly before the last word or name. */
  get followsWord(): boolean {
    return this.#previousStart !== NOWHERE;
  }

  /** The word directly before the last word or name as a keyword; '' if there is none. */
  get keywordBefore(): Keyword {
    const start = this.#previousStart;
    return start === NOWHERE ? '' : keywordAt(this.#sql, start, endOfWord(this.#sql, start));
  }

  /** Whether a statement could begin here: nothing but parentheses and other statements before. */
  get beginsStatement(): boolean {
    return this.last === NOTHING || this.last === OPEN_CODE || this.last === SEMICOLON_CODE;
  }

  /** Whether the last token is the given word, in upper case. */
  endsWith(word: string): boolean {
    return this.last === WORD && isWord(this.#sql, this.wordStart, this.wordEnd, word);
  }

  /** Whether the last token is a value or a name, so that a sign behind it is an operator. */
  endsWithOperand(): boolean {
    switch (this.last) {
      case WORD:
        return !this.#endsBeforeSign();
      case NAME:
      case PLACEHOLDER:
      case CLOSE_CODE:
      case CLOSE_BRACKET_CODE:
      case CLOSE_BRACE_CODE:
        return true;
      default:
        return false;
    }
  }

  /** Remembers the text so far for `rollback`; the mark before is forgotten. */
  mark(): void {
    this.#endRun();
    this.#markedText = this.#text;
  }

  rollback(): void {
    this.#text = this.#markedText;
    this.#length = this.#text.length;
    this.#runStart = NOWHERE;
    this.#runEnd = NOWHERE;
    this.full = false;
  }

  toString(): string {
    this.#endRun();
    return this.#text;
  }

  #endsBeforeSign(): boolean {
    if (this.wordEnd - this.wordStart > LONGEST_BEFORE_SIGN) {
      return false;
    }
    return BEFORE_SIGN.has(this.#sql.slice(this.wordStart, this.wordEnd).toUpperCase());
  }

  #claim(length: number): boolean {
    const fits = !this.full && this.#length + length <= this.#maxLength;
    if (fits) this.#length += length;
    this.full = !fits;
    return fits;
  }

  #endRun(): void {
    if (this.#runEnd > this.#runStart) {
      this.#text += this.#sql.slice(this.#runStart, this.#runEnd);
    }
    this.#runStart = NOWHERE;
    this.#runEnd = NOWHERE;
  }
}
