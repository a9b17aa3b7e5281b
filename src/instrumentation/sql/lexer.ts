import {
  BACKTICK,
  codeAt,
  DIGIT,
  DOLLAR,
  kindOf,
  LETTER,
  MINUS_CODE,
  PLUS_CODE,
  QUOTE,
  SIGN,
  SLASH,
  SLASH_CODE,
  SPACE,
  STAR_CODE,
  TYPOGRAPHIC_QUOTE,
} from './characters.js';
import { endOfBlockComment, endOfLineComment } from './comments.js';
import {
  endOfDollarQuote,
  endOfName,
  endOfNumber,
  endOfPrefixedLiteral,
  endOfString,
  endOfTypographicString,
  endOfWord,
} from './literals.js';

/** End of any token, comment, hint or run of white space; what is unterminated ends with the text. */
export function endOfToken(sql: string, start: number): number {
  switch (kindOf(codeAt(sql, start))) {
    case SPACE:
      return endOfSpace(sql, start);
    case LETTER: {
      const wordEnd = endOfWord(sql, start);
      return Math.max(wordEnd, endOfPrefixedLiteral(sql, start, wordEnd));
    }
    case DIGIT:
      return endOfNumber(sql, start);
    case QUOTE:
      return endOfString(sql, start);
    case TYPOGRAPHIC_QUOTE:
      return endOfTypographicString(sql, start);
    case BACKTICK: {
      const end = endOfName(sql, start);
      return end === -1 ? sql.length : end;
    }
    case DOLLAR:
      return Math.max(start + 1, endOfDollarQuote(sql, start));
    case SIGN:
    case SLASH:
      return Math.max(start + 1, endOfComment(sql, start));
    default:
      return start + 1;
  }
}

/** End of a string and of those that follow it: to the server they are one literal. */
export function endOfStrings(sql: string, start: number): number {
  let end = endOfString(sql, start);
  for (let next = end; next < sql.length; ) {
    const kind = kindOf(codeAt(sql, next));
    if (kind !== SPACE && kind !== QUOTE) {
      break;
    }
    next = endOfToken(sql, next);
    if (kind === QUOTE) {
      end = next;
    }
  }
  return end;
}

export function endOfSpace(sql: string, start: number): number {
  let i = start + 1;
  while (kindOf(codeAt(sql, i)) === SPACE) {
    i++;
  }
  return i;
}

/** End of a comment or hint; -1 if none begins at `start`. */
export function endOfComment(sql: string, start: number): number {
  const code = codeAt(sql, start);
  const next = codeAt(sql, start + 1);
  if (code === MINUS_CODE) {
    return next === MINUS_CODE ? endOfLineComment(sql, start) : -1;
  }
  if (code !== SLASH_CODE || next !== STAR_CODE) {
    return -1;
  }
  return codeAt(sql, start + 2) === PLUS_CODE ? endOfHint(sql, start) : endOfBlockComment(sql, start);
}

// The inside of a hint is SQL: a string in it may hold what looks like the hint's end.
function endOfHint(sql: string, start: number): number {
  let depth = 0;
  let i = start;
  while (i < sql.length) {
    const code = codeAt(sql, i);
    if (code === SLASH_CODE && codeAt(sql, i + 1) === STAR_CODE && codeAt(sql, i + 2) === PLUS_CODE) {
      depth++;
      i += 3;
    } else if (code === STAR_CODE && codeAt(sql, i + 1) === SLASH_CODE) {
      i += 2;
      depth--;
      if (depth === 0) {
        return i;
      }
    } else {
      i = endOfToken(sql, i);
    }
  }
  return sql.length;
}

/** Index of the first character that belongs neither to white space nor to a comment. */
export function endOfBlank(sql: string, start: number): number {
  for (let i = start; ; ) {
    const kind = kindOf(codeAt(sql, i));
    const isComment = kind === SIGN || kind === SLASH;
    const end = kind === SPACE ? endOfSpace(sql, i) : isComment ? endOfComment(sql, i) : -1;
    if (end === -1) {
      return i;
    }
    i = end;
  }
}
