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
  SIGN,
  SLASH,
  SPACE,
} from './characters.js';
import { endOfComment, endOfSpace, endOfToken } from './lexer.js';
import { endOfName, endOfPrefixedLiteral, endOfWord } from './literals.js';

/** `name` is a name in backticks, `mark` a punctuation mark; parameter markers are marks. */
export type TokenKind = 'word' | 'name' | 'literal' | 'mark' | 'end';

const LONGEST_KEYWORD = 16;

/** Index of the first character that belongs neither to white space nor to a comment. */
export function endOfBlank(sql: string, start: number): number {
  for (let i = start; ; ) {
    const kind = kindOf(codeAt(sql, i));
    const isComment = kind === SIGN || kind === SLASH;
    const end = kind === SPACE ? endOfSpace(sql, i) : isComment ? endOfComment(sql, i) : -1;
    if (end === -1) return i;
    i = end;
  }
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
    const { sql, nextStart } = this;
    this.start = nextStart;
    this.kind = this.read(nextStart);
    if (this.cut && this.end === sql.length) this.kind = 'end';
    this.nextStart = endOfBlank(sql, this.end);
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

  /** Sets the end of the token at `start` and answers its kind. */
  private read(start: number): TokenKind {
    const { sql } = this;
    const kind = kindOf(codeAt(sql, start));
    if (kind === LETTER) {
      this.end = endOfWord(sql, start);
      const literalEnd = endOfPrefixedLiteral(sql, start, this.end);
      if (literalEnd === -1) return 'word';
      this.end = literalEnd;
      return 'literal';
    }
    this.end = start < sql.length ? endOfToken(sql, start) : start;
    if (this.end === start) return 'end';
    if (kind === BACKTICK) return endOfName(sql, start) === -1 ? 'literal' : 'name';
    if (kind === DIGIT || kind === QUOTE || kind === CURLY_QUOTE) return 'literal';
    return kind === DOLLAR && this.end > start + 1 ? 'literal' : 'mark';
  }
}

function keywordOf(sql: string, start: number, end: number): string {
  if (end - start > LONGEST_KEYWORD) return '';
  for (let i = start; i < end; i++) {
    const lower = codeAt(sql, i) | 0x20;
    if (lower < 97 || lower > 122) return '';
  }
  return sql.slice(start, end).toUpperCase();
}
