import {
  BACKTICK,
  codeAt,
  DIGIT,
  DOLLAR,
  DOT_CODE,
  END,
  kindOf,
  LETTER,
  OPEN,
  QUOTE,
  SEMICOLON_CODE,
  TYPOGRAPHIC_QUOTE,
} from './characters.js';
import { startsComment } from './comments.js';
import { type Keyword, keywordAt } from './keywords.js';
import { endOfBlank, endOfToken } from './lexer.js';
import { endOfName, endOfPrefixedLiteral, endOfWord } from './literals.js';

/** `name` is a name in backticks, `mark` a punctuation mark; parameter markers are marks. */
export type TokenKind = 'word' | 'name' | 'literal' | 'mark' | 'end';

/** Reads the tokens of a text one after another, with a look at what follows. */
export class TokenReader {
  kind: TokenKind = 'end';
  #start = 0;
  #end = 0;

  readonly #sql: string;
  readonly #cut: boolean;
  #nextStart: number;

  /** @param cut the text ends somewhere in the middle, so that its last token may be half a token */
  constructor(sql: string, cut: boolean) {
    this.#sql = sql;
    this.#cut = cut;
    this.#nextStart = endOfBlank(sql, 0);
  }

  next(): void {
    const start = this.#nextStart;
    this.#start = start;
    this.kind = this.#read(start);
    if (this.#cut && this.#end === this.#sql.length) {
      this.kind = 'end';
    }
    this.#nextStart = endOfBlank(this.#sql, this.#end);
  }

  /** The text of the token. */
  get text(): string {
    return this.#sql.slice(this.#start, this.#end);
  }

  /** The word as a keyword; '' for other tokens and words. */
  get keyword(): Keyword {
    return this.kind === 'word' ? keywordAt(this.#sql, this.#start, this.#end) : '';
  }

  /** The first character of the token. */
  get code(): number {
    return codeAt(this.#sql, this.#start);
  }

  /** Whether a word or a name in backticks comes next. */
  get nextIsName(): boolean {
    const kind = kindOf(this.nextCode);
    return kind === LETTER || kind === BACKTICK;
  }

  /** The first character of the next token. */
  get nextCode(): number {
    return codeAt(this.#sql, this.#nextStart);
  }

  /** The character directly behind the token. */
  get adjacentCode(): number {
    return codeAt(this.#sql, this.#end);
  }

  /** Whether a comment begins directly behind the token. */
  get commentFollows(): boolean {
    return startsComment(this.#sql, this.#end);
  }

  /** The next token as a keyword. */
  get nextKeyword(): Keyword {
    const end = this.#endOfNextWord;
    return end === this.#nextStart ? '' : keywordAt(this.#sql, this.#nextStart, end);
  }

  /** The keyword behind the mark that comes next. */
  get keywordBehindMark(): Keyword {
    const start = endOfBlank(this.#sql, this.#nextStart + 1);
    return kindOf(codeAt(this.#sql, start)) === LETTER
      ? keywordAt(this.#sql, start, endOfWord(this.#sql, start))
      : '';
  }

  /** The word at a place behind the next one (1 is the one directly behind it), as far as all are words. */
  keywordAhead(place: number): Keyword {
    let end = this.#endOfNextWord;
    for (let i = 0; ; i++) {
      const start = endOfBlank(this.#sql, end);
      if (kindOf(codeAt(this.#sql, start)) !== LETTER) {
        return '';
      }
      end = endOfWord(this.#sql, start);
      if (i === place - 1) {
        return keywordAt(this.#sql, start, end);
      }
    }
  }

  /** Whether the statement ends behind the word at that place. */
  endsBehind(place: number): boolean {
    const code = this.#codeBehind(place);
    return code === END || code === SEMICOLON_CODE;
  }

  /** Whether a parenthesis opens behind the word at that place. */
  opensBehind(place: number): boolean {
    return kindOf(this.#codeBehind(place)) === OPEN;
  }

  /** The first character of the token behind the next word. */
  get codeBehindNext(): number {
    return codeAt(this.#sql, endOfBlank(this.#sql, this.#endOfNextWord));
  }

  /** Whether the statement goes on behind the next word, with something else than a part of the same name. */
  get goesOnBehindNext(): boolean {
    const code = this.codeBehindNext;
    return code !== END && code !== SEMICOLON_CODE && code !== DOT_CODE;
  }

  /** Whether something that may be a name stands behind the next word, or stands for one. */
  get nameBehindNext(): boolean {
    const code = this.codeBehindNext;
    return this.goesOnBehindNext && kindOf(code) !== OPEN;
  }

  #codeBehind(place: number): number {
    let end = this.#endOfNextWord;
    for (let i = 0; i < place; i++) {
      const start = endOfBlank(this.#sql, end);
      end = kindOf(codeAt(this.#sql, start)) === LETTER ? endOfWord(this.#sql, start) : start;
    }
    return codeAt(this.#sql, endOfBlank(this.#sql, end));
  }

  get #endOfNextWord(): number {
    return kindOf(this.nextCode) === LETTER ? endOfWord(this.#sql, this.#nextStart) : this.#nextStart;
  }

  /** Sets the end of the token at `start` and answers its kind. */
  #read(start: number): TokenKind {
    const sql = this.#sql;
    const kind = kindOf(codeAt(sql, start));
    if (kind === LETTER) {
      this.#end = endOfWord(sql, start);
      const literalEnd = endOfPrefixedLiteral(sql, start, this.#end);
      if (literalEnd === -1) {
        return 'word';
      }
      this.#end = literalEnd;
      return 'literal';
    }
    this.#end = start < sql.length ? endOfToken(sql, start) : start;
    if (this.#end === start) {
      return 'end';
    }
    if (kind === BACKTICK) {
      return endOfName(sql, start) === -1 ? 'literal' : 'name';
    }
    if (kind === DIGIT || kind === QUOTE || kind === TYPOGRAPHIC_QUOTE) {
      return 'literal';
    }
    return kind === DOLLAR && this.#end > start + 1 ? 'literal' : 'mark';
  }
}
