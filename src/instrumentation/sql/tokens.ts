import {
  BACKTICK,
  CURLY_QUOTE,
  codeAt,
  DIGIT,
  DOLLAR,
  DOT_CODE,
  END,
  kindOf,
  LETTER,
  QUOTE,
  SEMICOLON_CODE,
  SPACE,
} from './characters.js';
import { endOfComment, endOfToken } from './lexer.js';
import { endOfName, endOfWord } from './literals.js';

/** `name` is a name in backticks, `mark` a punctuation mark; parameter markers are marks. */
export type TokenKind = 'word' | 'name' | 'literal' | 'mark' | 'end';

const LONGEST_KEYWORD = 16;

/** Index of the first character that belongs neither to white space nor to a comment. */
export function endOfBlank(sql: string, start: number): number {
  let i = start;
  while (i < sql.length) {
    const end = kindOf(codeAt(sql, i)) === SPACE ? i + 1 : endOfComment(sql, i);
    if (end === -1) return i;
    i = end;
  }
  return i;
}

/** Reads the tokens of a text one after another, with a look at what follows. */
export class TokenReader {
  kind: TokenKind = 'end';
  private start = 0;
  private end = 0;

  private readonly sql: string;
  private readonly cut: boolean;
  private nextStart: number;

  /** @param cut the text ends somewhere in the middle, so that its last token may be half a token */
  constructor(sql: string, cut: boolean) {
    this.sql = sql;
    this.cut = cut;
    this.nextStart = endOfBlank(sql, 0);
  }

  next(): void {
    const { sql } = this;
    this.start = this.nextStart;
    this.end = this.start < sql.length ? endOfToken(sql, this.start) : this.start;
    this.nextStart = endOfBlank(sql, this.end);
    const lost = this.start === sql.length || (this.cut && this.end === sql.length);
    this.kind = lost ? 'end' : this.kindOfToken();
  }

  /** The text of the token. */
  get text(): string {
    return this.sql.slice(this.start, this.end);
  }

  /** A word in upper case; empty for other tokens and for words that are no keyword of any kind. */
  get keyword(): string {
    return this.kind === 'word' ? keywordOf(this.sql, this.start, this.end) : '';
  }

  isMark(code: number): boolean {
    return this.kind === 'mark' && codeAt(this.sql, this.start) === code;
  }

  get nextIsName(): boolean {
    const kind = kindOf(this.nextCode);
    return kind === LETTER || kind === BACKTICK;
  }

  /** The first character of the next token. */
  get nextCode(): number {
    return codeAt(this.sql, this.nextStart);
  }

  /** The character directly behind the token. */
  get adjacentCode(): number {
    return codeAt(this.sql, this.end);
  }

  /** The next token as a keyword; empty unless it is a word. */
  get nextKeyword(): string {
    const end = this.endOfNextWord;
    return end === this.nextStart ? '' : keywordOf(this.sql, this.nextStart, end);
  }

  /** Whether the statement goes on behind the next word, with something else than a part of the same name. */
  get goesOnBehindNext(): boolean {
    const code = codeAt(this.sql, endOfBlank(this.sql, this.endOfNextWord));
    return code !== END && code !== SEMICOLON_CODE && code !== DOT_CODE;
  }

  private get endOfNextWord(): number {
    return kindOf(this.nextCode) === LETTER ? endOfWord(this.sql, this.nextStart) : this.nextStart;
  }

  private kindOfToken(): TokenKind {
    const { sql, start, end } = this;
    switch (kindOf(codeAt(sql, start))) {
      case LETTER:
        return endOfWord(sql, start) === end ? 'word' : 'literal';
      case BACKTICK:
        return endOfName(sql, start) === -1 ? 'literal' : 'name';
      case DIGIT:
      case QUOTE:
      case CURLY_QUOTE:
        return 'literal';
      case DOLLAR:
        return end > start + 1 ? 'literal' : 'mark';
      default:
        return 'mark';
    }
  }
}

function keywordOf(sql: string, start: number, end: number): string {
  return end - start <= LONGEST_KEYWORD ? sql.slice(start, end).toUpperCase() : '';
}
