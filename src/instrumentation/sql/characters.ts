/** What a character can begin. Words are runs of letters and digits. */
export const SPACE = 0;
export const LETTER = 1;
export const DIGIT = 2;
export const QUOTE = 3;
export const CURLY_QUOTE = 4;
export const BACKTICK = 5;
export const SIGN = 6;
export const SLASH = 7;
export const DOT = 8;
export const DOLLAR = 9;
export const OPEN = 10;
export const CLOSE = 11;
export const COMMA = 12;
export const OTHER = 13;

/** Character codes that the scanners compare with. */
export const NEWLINE = 10;
export const CARRIAGE_RETURN = 13;
export const BLANK = 32;
export const DOLLAR_CODE = 36;
export const OPEN_CODE = 40;
export const CLOSE_CODE = 41;
export const STAR_CODE = 42;
export const PLUS_CODE = 43;
export const COMMA_CODE = 44;
export const MINUS_CODE = 45;
export const DOT_CODE = 46;
export const SLASH_CODE = 47;
export const COLON_CODE = 58;
export const SEMICOLON_CODE = 59;
export const EQUALS_CODE = 61;
export const QUESTION_CODE = 63;
export const AT_CODE = 64;
export const BACKSLASH_CODE = 92;
export const CLOSE_BRACKET_CODE = 93;
export const BACKTICK_CODE = 96;
export const CLOSE_BRACE_CODE = 125;

const FIRST_BEYOND_ASCII = 128;

/** What `codeAt` answers behind the end. */
export const END = -1;

/**
 * The code unit at an index, or END. To look ahead with `charCodeAt` itself is slow: V8 stops inlining it where
 * it once answered NaN.
 */
export function codeAt(sql: string, index: number): number {
  return index < sql.length ? sql.charCodeAt(index) : END;
}

/** The kind of a UTF-16 code unit. */
export function kindOf(code: number): number {
  if (isWordCode(code)) return isDigit(code) ? DIGIT : LETTER;
  // Control characters separate like blanks: nothing else can be meant, and they have no place in a log.
  if (code <= 32) return code === END ? OTHER : SPACE;
  if (code >= FIRST_BEYOND_ASCII) return isCurlyQuote(code) ? CURLY_QUOTE : SPACE;
  return kindOfMark(code);
}

/** Whether a code unit can stand inside a word: an identifier, a keyword, or the tail of a number. */
export function isWordCode(code: number): boolean {
  if (code >= 97) return code <= 122 || (code >= FIRST_BEYOND_ASCII && isWordCodeBeyondAscii(code));
  if (code >= 65) return code <= 90 || code === 95;
  return isDigit(code);
}

/** Whether a code unit is a decimal digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

// Literal numbers let V8 compile this to a jump table.
function kindOfMark(code: number): number {
  switch (code) {
    case 0x22: // "
    case 0x27: // '
      return QUOTE;
    case 0x24:
      return DOLLAR;
    case 0x28:
      return OPEN;
    case 0x29:
      return CLOSE;
    case 0x2b:
    case 0x2d:
      return SIGN;
    case 0x2c:
      return COMMA;
    case 0x2e:
      return DOT;
    case 0x2f:
      return SLASH;
    case 0x60:
      return BACKTICK;
    default:
      return OTHER;
  }
}

function isWordCodeBeyondAscii(code: number): boolean {
  return !isUnicodeSpace(code) && !isCurlyQuote(code);
}

function isUnicodeSpace(code: number): boolean {
  if (code === 0xa0) return true;
  if (code < 0x1680) return false;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

// Word processors turn quotes into these. The server rejects them, but the text in them was meant as a literal.
function isCurlyQuote(code: number): boolean {
  return code >= 0x2018 && code <= 0x201f;
}
