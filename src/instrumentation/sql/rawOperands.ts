import {
  BACKSLASH_CODE,
  BACKTICK,
  CLOSE,
  COLON_CODE,
  COMMA,
  codeAt,
  DOLLAR,
  END,
  kindOf,
  LETTER,
  OPEN,
  OPEN_BRACE_CODE,
  QUESTION_CODE,
  QUOTE,
  SEMICOLON_CODE,
  SLASH_CODE,
  SPACE,
  TYPOGRAPHIC_QUOTE,
} from './characters.js';
import { type Keyword, keywordAt } from './keywords.js';
import { endOfBlank, endOfSpace, endOfToken } from './lexer.js';
import { endOfPrefixedLiteral } from './literals.js';
import type { Lookahead } from './lookahead.js';
import { isWord } from './words.js';

// Values without quotes: paths, patterns, names of people. They are read by characters, for their tokens mean
// nothing: `/data/*.csv` begins no comment.

/** Where the path, pattern or the like ends that stands behind `end`; -1 if the tokens say enough. */
export function endOfOneBehind(ahead: Lookahead, end: number): number {
  const start = ahead.next(end);
  return needsNoCare(ahead.sql, start) ? -1 : endOfValue(start, endOfOne(ahead.sql, start));
}

/** The same for several pieces, to one of the given words. @param alone no other statements follow */
export function endOfPiecesBehind(
  ahead: Lookahead,
  end: number,
  stops: readonly Keyword[],
  alone: boolean,
): number {
  const { sql } = ahead;
  const start = ahead.next(end);
  const isString = beginsString(sql, start);
  if (needsNoCare(sql, start) && !isString) {
    return -1;
  }
  const valueEnd = endOfPieces(sql, start, stops, alone);
  // A string is left to the tokens, unless there is more behind it.
  return isString && valueEnd === endOfPiece(sql, start, !alone) ? -1 : endOfValue(start, valueEnd);
}

function endOfValue(start: number, end: number): number {
  return end > start ? end : -1;
}

/** Whether the value at `start` is left to the tokens: a string, a marker, a placeholder, or nothing at all. */
export function needsNoCare(sql: string, start: number): boolean {
  const code = codeAt(sql, start);
  switch (kindOf(code)) {
    case QUOTE:
    case TYPOGRAPHIC_QUOTE:
    case DOLLAR:
      return true;
    case LETTER:
      return isPrefixedString(sql, start);
    default:
      return (
        code === QUESTION_CODE ||
        code === COLON_CODE ||
        code === OPEN_BRACE_CODE ||
        code === SEMICOLON_CODE ||
        code === END
      );
  }
}

/** Whether a string begins at `start`, with or without a prefix: `'…'`, `r'…'`. */
function beginsString(sql: string, start: number): boolean {
  const kind = kindOf(codeAt(sql, start));
  return kind === QUOTE || (kind === LETTER && isPrefixedString(sql, start));
}

function isPrefixedString(sql: string, start: number): boolean {
  return kindOf(codeAt(sql, start + 1)) === QUOTE && endOfPrefixedLiteral(sql, start, start + 1) !== -1;
}

/** With more pieces than that, the value is all the rest: no path or name has so many blanks. */
const MOST_PIECES = 1_000;

/**
 * End of the pieces from `start` to the first that is one of the given words, or to the end of the text, or of the
 * statement if there may be others behind it. The first piece belongs to the value, whatever it is.
 */
function endOfPieces(sql: string, start: number, stops: readonly Keyword[], alone: boolean): number {
  let end = start;
  let i = start;
  for (let pieces = 0; i < sql.length; pieces++) {
    if (pieces === MOST_PIECES) {
      return sql.length;
    }
    const pieceEnd = endOfPiece(sql, i, !alone);
    if (pieceEnd === i || (pieces > 0 && isOneOf(sql, i, pieceEnd, stops))) {
      break;
    }
    end = pieceEnd;
    i = kindOf(codeAt(sql, end)) === SPACE ? endOfSpace(sql, end) : end;
  }
  return end;
}

/** End of one path, pattern or the like: where white space, a comma, a parenthesis or a semicolon follows. */
export function endOfOne(sql: string, start: number): number {
  return endOfPiece(sql, start, true);
}

/** End of somebody's name, which may be in backticks and may have words behind it that do not belong there. */
export function endOfPrincipal(sql: string, start: number, stops: ReadonlySet<Keyword>): number {
  let end = endOfPiece(sql, start, true);
  let i = endOfBlank(sql, end);
  for (let pieces = 1; i < sql.length; pieces++) {
    if (pieces === MOST_PIECES) {
      return sql.length;
    }
    const pieceEnd = endOfPiece(sql, i, true);
    if (pieceEnd === i || stops.has(keywordAt(sql, i, pieceEnd))) {
      break;
    }
    end = pieceEnd;
    i = endOfBlank(sql, end);
  }
  return end;
}

/** Whether the piece at `start` has a character that no name has, and paths have. */
export function looksLikePath(sql: string, start: number): boolean {
  for (let i = start; i < sql.length; i++) {
    const code = codeAt(sql, i);
    if (code === SLASH_CODE || code === BACKSLASH_CODE || code === COLON_CODE) {
      return true;
    }
    const kind = kindOf(code);
    if (kind === SPACE || kind === OPEN || kind === BACKTICK || code === SEMICOLON_CODE) {
      return false;
    }
  }
  return false;
}

function isOneOf(sql: string, start: number, end: number, words: readonly Keyword[]): boolean {
  for (const word of words) {
    if (isWord(sql, start, end, word)) {
      return true;
    }
  }
  return false;
}

function endOfPiece(sql: string, start: number, bounded: boolean): number {
  let i = start;
  while (i < sql.length) {
    const code = codeAt(sql, i);
    const kind = kindOf(code);
    if (kind === SPACE || (bounded && endsPiece(code, kind))) {
      break;
    }
    i = kind === BACKTICK || kind === QUOTE ? endOfToken(sql, i) : i + 1;
  }
  return i;
}

function endsPiece(code: number, kind: number): boolean {
  return code === SEMICOLON_CODE || kind === COMMA || kind === CLOSE;
}
