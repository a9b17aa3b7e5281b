import {
  BACKTICK,
  CLOSE,
  COMMA,
  codeAt,
  DIGIT,
  DOLLAR,
  DOT,
  kindOf,
  LETTER,
  OPEN,
  QUOTE,
  SIGN,
  SLASH,
  SPACE,
  TYPOGRAPHIC_QUOTE,
} from './characters.js';
import { endOfSpace, endOfStrings } from './lexer.js';
import { endOfDollarQuote, endOfName, endOfNumber, endOfTypographicString, endOfWord } from './literals.js';
import { TokenSanitizer } from './tokenSanitizer.js';
import { detach } from './truncate.js';

/**
 * The statement with every literal replaced by `?`, for a backend that must not see values.
 *
 * So are values without quotes: paths, settings, the names of principals. Comments and hints are dropped, white
 * space is collapsed, equal neighbours in IN lists and VALUES rows are folded into one; names, keywords, operators
 * and parameter markers stay. Where the grammar cannot tell a name from a value, it is a value. The result is at
 * most `maxLength` UTF-16 code units long, ends between tokens, and sanitizing it again changes nothing. Reading
 * stops when the result is full; the time is linear in what is read. Never throws.
 */
export function sanitizeSql(sql: string, maxLength: number): string {
  const sanitizer = new TokenSanitizer(sql, maxLength);
  let i = 0;
  while (i < sql.length && !sanitizer.settled) {
    const end = sanitizer.inSetting ? sanitizer.setting(i) : -1;
    i = end === -1 ? afterToken(sanitizer, sql, i) : end;
  }
  return detach(sanitizer.finish(), sql);
}

/** Takes over the token at `i` and answers where the next one begins. */
function afterToken(sanitizer: TokenSanitizer, sql: string, i: number): number {
  const code = codeAt(sql, i);
  switch (kindOf(code)) {
    case SPACE:
      return sanitizer.space(endOfSpace(sql, i));
    case LETTER:
      return sanitizer.word(i, endOfWord(sql, i));
    case DIGIT:
      return sanitizer.literal(endOfNumber(sql, i));
    case QUOTE:
      return sanitizer.literal(endOfStrings(sql, i));
    case TYPOGRAPHIC_QUOTE:
      return sanitizer.literal(endOfTypographicString(sql, i));
    case BACKTICK:
      return sanitizer.name(i, endOfName(sql, i));
    case DOLLAR: {
      const end = endOfDollarQuote(sql, i);
      return end === -1 ? sanitizer.mark(i, code) : sanitizer.literal(end);
    }
    case SIGN:
    case SLASH:
      return sanitizer.signOrComment(i, code);
    case DOT:
      return sanitizer.dot(i);
    case OPEN:
      return sanitizer.open(i);
    case CLOSE:
      return sanitizer.close(i);
    case COMMA:
      return sanitizer.comma(i);
    default:
      return sanitizer.mark(i, code);
  }
}
