import {
  BACKSLASH_CODE,
  BACKTICK,
  BACKTICK_CODE,
  CLOSE,
  COLON_CODE,
  COMMA,
  codeAt,
  DOLLAR_CODE,
  DOT_CODE,
  isDigit,
  isSmallLetter,
  isWordCode,
  kindOf,
  MINUS_CODE,
  OPEN,
  PLUS_CODE,
  QUOTE,
  quoteFamily,
  SEMICOLON_CODE,
  SLASH_CODE,
  SPACE,
  TYPOGRAPHIC_QUOTE,
} from './characters.js';
import { startsComment } from './comments.js';
import { isWord } from './words.js';

// Where words, names and literals of Databricks SQL end, after Spark's lexer grammar. Each function is given the
// index of the first character and answers the index behind the last one, or -1 if there is no such thing. What
// is unterminated ends with the text.

export function endOfWord(sql: string, start: number): number {
  const { length } = sql;
  for (let i = start + 1; i < length; i++) {
    // Most characters of a statement are read here, and most of them are small letters.
    const code = sql.charCodeAt(i);
    if (!(isSmallLetter(code) || isWordCode(code))) {
      return i;
    }
  }
  return length;
}

/** A name in backticks; -1 if it is unterminated. */
export function endOfName(sql: string, start: number): number {
  let i = start + 1;
  while (i < sql.length) {
    if (codeAt(sql, i) !== BACKTICK_CODE) {
      i++;
    } else if (codeAt(sql, i + 1) === BACKTICK_CODE) {
      i += 2;
    } else {
      return i + 1;
    }
  }
  return -1;
}

/** A quoted string. A doubled quote continues it, and so does a piece that follows directly. */
export function endOfString(sql: string, start: number): number {
  const quote = codeAt(sql, start);
  let i = start + 1;
  while (i < sql.length) {
    const code = codeAt(sql, i);
    if (code === BACKSLASH_CODE) {
      i += 2;
    } else if (code !== quote) {
      i++;
    } else if (codeAt(sql, i + 1) === quote) {
      i += 2;
    } else {
      return i + 1;
    }
  }
  return sql.length;
}

/** Text in quotes that no SQL knows. */
export function endOfTypographicString(sql: string, start: number): number {
  const family = quoteFamily(codeAt(sql, start));
  for (let i = start + 1; i < sql.length; i++) {
    const code = codeAt(sql, i);
    if (code > 0x7f && quoteFamily(code) === family) {
      return i + 1;
    }
  }
  return sql.length;
}

/** `$$…$$` or `$tag$…$tag$`. */
export function endOfDollarQuote(sql: string, start: number): number {
  const close = isWordCode(codeAt(sql, start + 1)) ? endOfWord(sql, start + 1) : start + 1;
  if (codeAt(sql, close) !== DOLLAR_CODE) {
    return -1;
  }
  const tag = sql.slice(start, close + 1);
  const end = sql.indexOf(tag, close + 1);
  return end === -1 ? sql.length : end + tag.length;
}

/** `r'…'` (no escapes in it), `x'…'` or a bare URI that begins with the word between the two indices. */
export function endOfPrefixedLiteral(sql: string, start: number, wordEnd: number): number {
  const next = codeAt(sql, wordEnd);
  if (next === COLON_CODE) {
    return endOfUri(sql, wordEnd);
  }
  if (wordEnd - start !== 1 || kindOf(next) !== QUOTE) {
    return -1;
  }
  const prefix = sql.charAt(start);
  if (prefix === 'x' || prefix === 'X') {
    return endOfString(sql, wordEnd);
  }
  if (prefix !== 'r' && prefix !== 'R') {
    return -1;
  }
  const close = sql.indexOf(sql.charAt(wordEnd), wordEnd + 1);
  return close === -1 ? sql.length : close + 1;
}

// `s3://b/x`, `dbfs:/x`, `C:\x`: no expression has a slash or backslash behind a colon.
function endOfUri(sql: string, colon: number): number {
  const next = codeAt(sql, colon + 1);
  if ((next !== SLASH_CODE && next !== BACKSLASH_CODE) || startsComment(sql, colon + 1)) {
    return -1;
  }
  let i = colon + 2;
  while (i < sql.length && !endsUri(codeAt(sql, i)) && !startsComment(sql, i)) {
    i++;
  }
  return i;
}

function endsUri(code: number): boolean {
  switch (kindOf(code)) {
    case SPACE:
    case QUOTE:
    case TYPOGRAPHIC_QUOTE:
    case BACKTICK:
    case OPEN:
    case CLOSE:
    case COMMA:
      return true;
    default:
      return code === SEMICOLON_CODE;
  }
}

/**
 * A number with its suffix; begins with a digit or with a dot before one. Every word that begins with a digit
 * counts as a number, although the server takes `2024_sales` for a name: better a name lost than a value kept.
 */
export function endOfNumber(sql: string, start: number): number {
  let digits = start;
  let code = codeAt(sql, digits);
  while (isDigit(code)) {
    code = codeAt(sql, ++digits);
  }
  if (code === DOT_CODE) {
    code = codeAt(sql, ++digits);
    while (isDigit(code)) {
      code = codeAt(sql, ++digits);
    }
  }
  if (!isWordCode(code)) {
    return digits;
  }
  const end = endOfWord(sql, digits);
  const signedExponent = end === digits + 1 && isSignedExponent(sql, digits);
  return signedExponent ? endOfWord(sql, end) : end;
}

/** The number behind the sign at `start` and white space; -1 if there is none. */
export function endOfSignedNumber(sql: string, start: number): number {
  let i = start + 1;
  while (kindOf(codeAt(sql, i)) === SPACE) {
    i++;
  }
  const digit = codeAt(sql, i) === DOT_CODE ? i + 1 : i;
  return isDigit(codeAt(sql, digit)) ? endOfNumber(sql, i) : -1;
}

function isSignedExponent(sql: string, start: number): boolean {
  const letter = sql.charAt(start);
  if (letter !== 'e' && letter !== 'E') {
    return false;
  }
  const sign = codeAt(sql, start + 1);
  return (sign === PLUS_CODE || sign === MINUS_CODE) && isDigit(codeAt(sql, start + 2));
}

/** Whether the word between the two indices is TRUE or FALSE. */
export function isTruthValue(sql: string, start: number, end: number): boolean {
  return isWord(sql, start, end, 'TRUE') || isWord(sql, start, end, 'FALSE');
}
