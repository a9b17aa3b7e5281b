import {
  BACKSLASH_CODE,
  BACKTICK_CODE,
  COLON_CODE,
  CURLY_QUOTE,
  DOLLAR_CODE,
  DOT_CODE,
  isDigit,
  isWordCode,
  kindOf,
  MINUS_CODE,
  PLUS_CODE,
  QUOTE,
  SLASH_CODE,
} from './characters.js';
import { startsComment } from './comments.js';

// Where words, names and literals of Databricks SQL end, after Spark's lexer grammar. Each function is given the
// index of the first character and answers the index behind the last one, or -1 if there is no such thing. What
// is unterminated ends with the text.

const FIRST_DOUBLE_CURLY = 0x201c;
const URI_MARKS: ReadonlySet<number> = new Set(Array.from('/-.?=&#%:@+~', (mark) => mark.charCodeAt(0)));

export function endOfWord(sql: string, start: number): number {
  let i = start + 1;
  while (i < sql.length && isWordCode(sql.charCodeAt(i))) i++;
  return i;
}

/** A name in backticks; -1 if it is unterminated. */
export function endOfName(sql: string, start: number): number {
  let i = start + 1;
  while (i < sql.length) {
    if (sql.charCodeAt(i) !== BACKTICK_CODE) i++;
    else if (sql.charCodeAt(i + 1) === BACKTICK_CODE) i += 2;
    else return i + 1;
  }
  return -1;
}

/** Whether a name is a path, as in delta.`/mnt/x` and parquet.`s3://…`: a value rather than a name. */
export function isPath(sql: string, start: number, end: number): boolean {
  if (sql.charCodeAt(start + 1) === SLASH_CODE) return true;
  for (let i = start + 1; i < end; i++) {
    if (sql.charCodeAt(i) === COLON_CODE && sql.charCodeAt(i + 1) === SLASH_CODE) return true;
  }
  return false;
}

/** A quoted string. A doubled quote continues it, and so does a piece that follows directly. */
export function endOfString(sql: string, start: number): number {
  const quote = sql.charCodeAt(start);
  let i = start + 1;
  while (i < sql.length) {
    const code = sql.charCodeAt(i);
    if (code === BACKSLASH_CODE) {
      i += 2;
    } else if (code !== quote) {
      i++;
    } else if (sql.charCodeAt(i + 1) === quote) {
      i += 2;
    } else {
      return i + 1;
    }
  }
  return sql.length;
}

/** Text in typographic quotes. */
export function endOfCurlyString(sql: string, start: number): number {
  const double = sql.charCodeAt(start) >= FIRST_DOUBLE_CURLY;
  for (let i = start + 1; i < sql.length; i++) {
    const code = sql.charCodeAt(i);
    if (kindOf(code) === CURLY_QUOTE && double === code >= FIRST_DOUBLE_CURLY) return i + 1;
  }
  return sql.length;
}

/** `$$…$$` or `$tag$…$tag$`. */
export function endOfDollarQuote(sql: string, start: number): number {
  const close = isWordCode(sql.charCodeAt(start + 1)) ? endOfWord(sql, start + 1) : start + 1;
  if (sql.charCodeAt(close) !== DOLLAR_CODE) return -1;
  const tag = sql.slice(start, close + 1);
  const end = sql.indexOf(tag, close + 1);
  return end === -1 ? sql.length : end + tag.length;
}

/** `r'…'` (no escapes in it), `x'…'` or a bare URI that begins with the word between the two indices. */
export function endOfPrefixedLiteral(sql: string, start: number, wordEnd: number): number {
  const next = sql.charCodeAt(wordEnd);
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
  if (sql.charCodeAt(colon + 1) !== SLASH_CODE || sql.charCodeAt(colon + 2) !== SLASH_CODE) return -1;
  if (startsComment(sql, colon + 2)) return -1;
  let i = colon + 3;
  while (i < sql.length && isUriCode(sql.charCodeAt(i)) && !startsComment(sql, i)) i++;
  return i;
}

function isUriCode(code: number): boolean {
  return isWordCode(code) || URI_MARKS.has(code);
}

/**
 * A number with its suffix; begins with a digit or with a dot before one. Every word that begins with a digit
 * counts as a number, although the server takes `2024_sales` for a name: better a name lost than a value kept.
 */
export function endOfNumber(sql: string, start: number): number {
  let digits = start;
  let code = sql.charCodeAt(digits);
  while (isDigit(code)) code = sql.charCodeAt(++digits);
  if (code === DOT_CODE) {
    do code = sql.charCodeAt(++digits);
    while (isDigit(code));
  }
  if (!isWordCode(code)) return digits;
  const end = endOfWord(sql, digits);
  const signedExponent = end === digits + 1 && isSignedExponent(sql, digits);
  return signedExponent ? endOfWord(sql, end) : end;
}

function isSignedExponent(sql: string, start: number): boolean {
  const letter = sql.charAt(start);
  if (letter !== 'e' && letter !== 'E') return false;
  const sign = sql.charCodeAt(start + 1);
  return (sign === PLUS_CODE || sign === MINUS_CODE) && isDigit(sql.charCodeAt(start + 2));
}
