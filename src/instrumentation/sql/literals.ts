import {
  BACKSLASH_CODE,
  BACKTICK,
  BACKTICK_CODE,
  CLOSE,
  COLON_CODE,
  COMMA,
  CURLY_QUOTE,
  codeAt,
  DOLLAR_CODE,
  DOT_CODE,
  isDigit,
  isWordCode,
  kindOf,
  MINUS_CODE,
  OPEN,
  PLUS_CODE,
  QUOTE,
  SEMICOLON_CODE,
  SLASH_CODE,
  SPACE,
} from './characters.js';
import { startsComment } from './comments.js';

// Where words, names and literals of Databricks SQL end, after Spark's lexer grammar. Each function is given the
// index of the first character and answers the index behind the last one, or -1 if there is no such thing. What
// is unterminated ends with the text.

const FIRST_DOUBLE_CURLY = 0x201c;

export function endOfWord(sql: string, start: number): number {
  let i = start + 1;
  while (isWordCode(codeAt(sql, i))) i++;
  return i;
}

/** A name in backticks; -1 if it is unterminated. */
export function endOfName(sql: string, start: number): number {
  let i = start + 1;
  while (i < sql.length) {
    if (codeAt(sql, i) !== BACKTICK_CODE) i++;
    else if (codeAt(sql, i + 1) === BACKTICK_CODE) i += 2;
    else return i + 1;
  }
  return -1;
}

/** Whether a name is a path, as in delta.`/mnt/x` and parquet.`s3://…`: a value rather than a name. */
export function isPath(sql: string, start: number, end: number): boolean {
  if (codeAt(sql, start + 1) === SLASH_CODE) return true;
  for (let i = start + 1; i < end; i++) {
    if (codeAt(sql, i) === COLON_CODE && codeAt(sql, i + 1) === SLASH_CODE) return true;
  }
  return false;
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

/** Text in typographic quotes. */
export function endOfCurlyString(sql: string, start: number): number {
  const double = codeAt(sql, start) >= FIRST_DOUBLE_CURLY;
  for (let i = start + 1; i < sql.length; i++) {
    const code = codeAt(sql, i);
    if (kindOf(code) === CURLY_QUOTE && double === code >= FIRST_DOUBLE_CURLY) return i + 1;
  }
  return sql.length;
}

/** `$$…$$` or `$tag$…$tag$`. */
export function endOfDollarQuote(sql: string, start: number): number {
  const close = isWordCode(codeAt(sql, start + 1)) ? endOfWord(sql, start + 1) : start + 1;
  if (codeAt(sql, close) !== DOLLAR_CODE) return -1;
  const tag = sql.slice(start, close + 1);
  const end = sql.indexOf(tag, close + 1);
  return end === -1 ? sql.length : end + tag.length;
}

/** `r'…'` (no escapes in it), `x'…'` or a bare URI that begins with the word between the two indices. */
export function endOfPrefixedLiteral(sql: string, start: number, wordEnd: number): number {
  const next = codeAt(sql, wordEnd);
  if (next === COLON_CODE) return endOfUri(sql, wordEnd);
  if (wordEnd - start !== 1 || kindOf(next) !== QUOTE) return -1;
  const prefix = sql.charAt(start);
  if (prefix === 'x' || prefix === 'X') return endOfString(sql, wordEnd);
  if (prefix !== 'r' && prefix !== 'R') return -1;
  const close = sql.indexOf(sql.charAt(wordEnd), wordEnd + 1);
  return close === -1 ? sql.length : close + 1;
}

// The server accepts no bare URI; people write them nevertheless, and what they hold is no name.
function endOfUri(sql: string, colon: number): number {
  if (codeAt(sql, colon + 1) !== SLASH_CODE || codeAt(sql, colon + 2) !== SLASH_CODE) return -1;
  if (startsComment(sql, colon + 2)) return -1;
  let i = colon + 3;
  while (i < sql.length && !endsUri(codeAt(sql, i)) && !startsComment(sql, i)) i++;
  return i;
}

function endsUri(code: number): boolean {
  switch (kindOf(code)) {
    case SPACE:
    case QUOTE:
    case CURLY_QUOTE:
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
  while (isDigit(code)) code = codeAt(sql, ++digits);
  if (code === DOT_CODE) {
    code = codeAt(sql, ++digits);
    while (isDigit(code)) code = codeAt(sql, ++digits);
  }
  if (!isWordCode(code)) return digits;
  const end = endOfWord(sql, digits);
  const signedExponent = end === digits + 1 && isSignedExponent(sql, digits);
  return signedExponent ? endOfWord(sql, end) : end;
}

function isSignedExponent(sql: string, start: number): boolean {
  const letter = sql.charAt(start);
  if (letter !== 'e' && letter !== 'E') return false;
  const sign = codeAt(sql, start + 1);
  return (sign === PLUS_CODE || sign === MINUS_CODE) && isDigit(codeAt(sql, start + 2));
}
