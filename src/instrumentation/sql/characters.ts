// What a character can begin. Words are runs of letters and digits.
export const LETTER = 0;
export const DIGIT = 1;
export const SPACE = 2;
export const QUOTE = 3;
export const TYPOGRAPHIC_QUOTE = 4;
export const BACKTICK = 5;
export const SIGN = 6;
export const SLASH = 7;
export const DOT = 8;
export const DOLLAR = 9;
export const OPEN = 10;
export const CLOSE = 11;
export const COMMA = 12;
export const OTHER = 13;

// Characters that the scanners compare with.
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
export const GREATER_CODE = 62;
export const BACKSLASH_CODE = 92;
export const CLOSE_BRACKET_CODE = 93;
export const BACKTICK_CODE = 96;
export const OPEN_BRACE_CODE = 123;
export const PIPE_CODE = 124;
export const CLOSE_BRACE_CODE = 125;
export const TILDE_CODE = 126;

/** What `codeAt` answers behind the end; no code unit. */
export const END = 0x10000;

const ASCII = 128;
const KINDS = asciiKinds();

/**
 * The code unit at an index, or END. To look ahead with `charCodeAt` itself is slow: V8 stops inlining it where
 * it once answered NaN.
 */
export function codeAt(sql: string, index: number): number {
  return index < sql.length ? sql.charCodeAt(index) : END;
}

/** The kind of a UTF-16 code unit. */
export function kindOf(code: number): number {
  return code < ASCII ? (KINDS[code] ?? OTHER) : kindBeyondAscii(code);
}

/** Whether a code unit can stand inside a word: an identifier, a keyword, or the tail of a number. */
export function isWordCode(code: number): boolean {
  return kindOf(code) <= DIGIT;
}

/** Whether a code unit is a small letter of ASCII. */
export function isSmallLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}

/** Whether a code unit is a decimal digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function asciiKinds(): Uint8Array {
  const kinds = new Uint8Array(ASCII).fill(OTHER);
  // Control characters separate like blanks: nothing else can be meant, and they have no place in a log.
  kinds.fill(SPACE, 0, BLANK + 1);
  kinds.fill(DIGIT, 48, 58);
  kinds.fill(LETTER, 65, 91);
  kinds.fill(LETTER, 97, 123);
  const marks: [string, number][] = [
    ['_', LETTER],
    ["'", QUOTE],
    ['"', QUOTE],
    ['`', BACKTICK],
    ['+', SIGN],
    ['-', SIGN],
    ['/', SLASH],
    ['.', DOT],
    ['$', DOLLAR],
    ['(', OPEN],
    [')', CLOSE],
    [',', COMMA],
  ];
  for (const [mark, kind] of marks) {
    kinds[mark.charCodeAt(0)] = kind;
  }
  return kinds;
}

function kindBeyondAscii(code: number): number {
  if (code === END) {
    return OTHER;
  }
  if (isInAlphabet(code)) {
    return LETTER;
  }
  if (isSpaceBeyondAscii(code)) {
    return SPACE;
  }
  return quoteFamily(code) === 0 ? LETTER : TYPOGRAPHIC_QUOTE;
}

/** Whether a code unit is where most scripts are, and neither white space nor quotes. */
function isInAlphabet(code: number): boolean {
  return (code >= 0xc0 && code < 0x1680) || (code > 0x3020 && code < 0xfeff);
}

function isSpaceBeyondAscii(code: number): boolean {
  if (code < 0x1680) {
    return code === 0xa0 || code === 0x85;
  }
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

/**
 * Quotes that no SQL knows, but people do: word processors turn quotes into them, keyboards offer them. The server
 * refuses them; the text in them was meant as a literal. Quotes of one family open and close each other; 0 is none.
 */
export function quoteFamily(code: number): number {
  if (code < 0x2018) {
    return code === 0xb4 ? 1 : code === 0xab || code === 0xbb ? 2 : 0;
  }
  if (code <= 0x203a) {
    return code <= 0x201b ? 3 : code <= 0x201f ? 4 : quoteFamilyOfPunctuation(code);
  }
  if (code < 0x300c) {
    return code >= 0x275b && code <= 0x275e ? 9 : 0;
  }
  if (code < 0xff02) {
    return code <= 0x300f ? 10 : code >= 0x301d && code <= 0x301f ? 11 : 0;
  }
  return quoteFamilyOfFullWidth(code);
}

function quoteFamilyOfPunctuation(code: number): number {
  if (code === 0x2032 || code === 0x2035) {
    return 5;
  }
  if (code === 0x2033 || code === 0x2036 || code === 0x2034 || code === 0x2037) {
    return 6;
  }
  return code >= 0x2039 ? 7 : 0;
}

function quoteFamilyOfFullWidth(code: number): number {
  switch (code) {
    case 0xff02:
      return 12;
    case 0xff07:
      return 13;
    case 0xff40:
      return 14;
    case 0xff62:
    case 0xff63:
      return 15;
    default:
      return 0;
  }
}
