import {
  AT_CODE,
  BACKTICK,
  CLOSE,
  CLOSE_CODE,
  COLON_CODE,
  COMMA,
  COMMA_CODE,
  CURLY_QUOTE,
  codeAt,
  DIGIT,
  DOLLAR,
  DOT,
  DOT_CODE,
  EQUALS_CODE,
  isDigit,
  kindOf,
  LETTER,
  OPEN,
  OPEN_CODE,
  QUESTION_CODE,
  QUOTE,
  SEMICOLON_CODE,
  SIGN,
  SLASH,
  SLASH_CODE,
  SPACE,
} from './characters.js';
import { endOfComment, endOfSpace, endOfToken } from './lexer.js';
import {
  endOfCurlyString,
  endOfDollarQuote,
  endOfName,
  endOfNumber,
  endOfPrefixedLiteral,
  endOfString,
  endOfWord,
  isPath,
} from './literals.js';
import { NAME, NOTHING, PLACEHOLDER, SanitizedText, WORD } from './output.js';
import { NO_LIST, Repetitions, ROW_LIST, VALUE_LIST } from './repetitions.js';
import { endOfStatement, Settings } from './settings.js';
import { detach } from './truncate.js';
import { isWord } from './words.js';

/**
 * The statement with every literal replaced by `?`, for a backend that must not see values.
 *
 * Comments and hints are dropped, white space is collapsed, equal neighbours in IN lists and VALUES rows are
 * folded into one; names, keywords, operators and parameter markers stay. The result is at most `maxLength`
 * UTF-16 code units long, ends between tokens, and sanitizing it again changes nothing. Reading stops when the
 * result is full; the time is linear in what is read. Never throws.
 */
export function sanitizeSql(sql: string, maxLength: number): string {
  return detach(new Sanitizer(sql, maxLength).run(), sql);
}

class Sanitizer {
  private readonly sql: string;
  private readonly out: SanitizedText;
  private readonly repetitions: Repetitions;
  private readonly settings = new Settings();

  constructor(sql: string, maxLength: number) {
    this.sql = sql;
    this.out = new SanitizedText(sql, maxLength);
    this.repetitions = new Repetitions(sql, this.out);
  }

  run(): string {
    let i = 0;
    while (i < this.sql.length && !this.repetitions.settled) i = this.token(i);
    this.repetitions.end();
    return this.out.toString();
  }

  /** Takes over the token at `i` and answers where the next one begins, like the methods below. */
  private token(i: number): number {
    const { sql } = this;
    const code = codeAt(sql, i);
    switch (kindOf(code)) {
      case SPACE:
        this.out.separate();
        return endOfSpace(sql, i);
      case LETTER:
        return this.word(i, endOfWord(sql, i));
      case DIGIT:
        return this.literal(endOfNumber(sql, i));
      case QUOTE:
        return this.string(i);
      case CURLY_QUOTE:
        return this.literal(endOfCurlyString(sql, i));
      case BACKTICK:
        return this.name(i, endOfName(sql, i));
      case DOLLAR: {
        const end = endOfDollarQuote(sql, i);
        return end === -1 ? this.mark(i, code) : this.literal(end);
      }
      case SIGN:
      case SLASH:
        return this.signOrComment(i, code);
      case DOT:
        return this.dot(i);
      case OPEN:
        return this.open(i);
      case CLOSE:
        return this.close(i);
      case COMMA:
        return this.comma(i);
      default:
        return this.mark(i, code);
    }
  }

  private word(start: number, end: number): number {
    const { last } = this.out;
    const literalEnd = endOfPrefixedLiteral(this.sql, start, end);
    if (literalEnd !== -1) return this.literal(literalEnd);
    if (this.isValue(start, end)) return this.literal(end);
    if (last === NOTHING || last === SEMICOLON_CODE) {
      this.settings.onFirstWord(this.sql, start, end);
    }
    return this.keep(start, end, WORD);
  }

  /** Whether a word is a value: TRUE and FALSE, NULL as the element of a list, the version in `table@v1`. */
  private isValue(start: number, end: number): boolean {
    const { last, spaced } = this.out;
    if (!spaced) {
      if (last === AT_CODE) return true;
      if (last === DOT_CODE || last === COLON_CODE) return false;
    }
    if (end - start === 5) return isWord(this.sql, start, end, 'FALSE');
    if (end - start !== 4) return false;
    if (isWord(this.sql, start, end, 'TRUE')) return true;
    const startsElement = this.repetitions.inList && (last === OPEN_CODE || last === COMMA_CODE);
    return startsElement && isWord(this.sql, start, end, 'NULL');
  }

  private name(start: number, end: number): number {
    if (end === -1) return this.literal(this.sql.length);
    return isPath(this.sql, start, end) ? this.literal(end) : this.keep(start, end, NAME);
  }

  // Strings that follow each other are one literal to the server.
  private string(start: number): number {
    let end = endOfString(this.sql, start);
    for (let next = end; next < this.sql.length; ) {
      const kind = kindOf(codeAt(this.sql, next));
      if (kind !== SPACE && kind !== QUOTE) break;
      next = endOfToken(this.sql, next);
      if (kind === QUOTE) end = next;
    }
    return this.literal(end);
  }

  private signOrComment(i: number, code: number): number {
    const commentEnd = endOfComment(this.sql, i);
    if (commentEnd !== -1) {
      this.out.separate();
      return commentEnd;
    }
    if (code === SLASH_CODE || this.out.endsWithOperand()) return this.mark(i, code);
    const next = endOfSpace(this.sql, i);
    const digit = codeAt(this.sql, next) === DOT_CODE ? next + 1 : next;
    return isDigit(codeAt(this.sql, digit)) ? this.literal(endOfNumber(this.sql, next)) : this.mark(i, code);
  }

  private dot(i: number): number {
    const { last, spaced } = this.out;
    const inPath = !spaced && (last === WORD || this.out.endsWithOperand());
    if (!inPath && isDigit(codeAt(this.sql, i + 1))) return this.literal(endOfNumber(this.sql, i));
    this.settings.onDot();
    return this.mark(i, DOT_CODE);
  }

  private open(i: number): number {
    const list = this.out.endsWith('IN') ? VALUE_LIST : this.out.endsWith('VALUES') ? ROW_LIST : NO_LIST;
    this.out.keep(i, i + 1, OPEN_CODE);
    this.repetitions.open(list);
    if (list !== VALUE_LIST && this.repetitions.inList) this.repetitions.includeMark(OPEN_CODE);
    return i + 1;
  }

  private close(i: number): number {
    this.repetitions.close();
    this.out.keep(i, i + 1, CLOSE_CODE);
    if (this.repetitions.inList) this.repetitions.includeMark(CLOSE_CODE);
    return i + 1;
  }

  private comma(i: number): number {
    const { repetitions } = this;
    const separates = repetitions.betweenElements;
    const comma = separates ? repetitions.next(i) : i;
    this.out.keep(comma, comma + 1, COMMA_CODE);
    if (!separates && repetitions.inList) repetitions.includeMark(COMMA_CODE);
    return comma + 1;
  }

  private mark(i: number, code: number): number {
    if (code === QUESTION_CODE) return this.parameter(i);
    const next = this.keep(i, i + 1, code);
    return code === EQUALS_CODE && this.settings.onEquals() ? this.settingValue(next) : next;
  }

  private parameter(i: number): number {
    this.repetitions.afterRow();
    this.out.keep(i, i + 1, PLACEHOLDER);
    if (this.repetitions.inList) this.repetitions.includeValue();
    return i + 1;
  }

  private settingValue(start: number): number {
    const spaced = kindOf(codeAt(this.sql, start)) === SPACE;
    if (spaced) this.out.separate();
    const valueStart = spaced ? endOfSpace(this.sql, start) : start;
    const end = endOfStatement(this.sql, valueStart);
    return end > valueStart ? this.literal(end) : end;
  }

  private keep(start: number, end: number, kind: number): number {
    this.repetitions.afterRow();
    this.out.keep(start, end, kind);
    if (this.repetitions.inList) this.repetitions.include(start, end);
    return end;
  }

  private literal(end: number): number {
    this.repetitions.afterRow();
    this.out.placeholder();
    if (this.repetitions.inList) this.repetitions.includeValue();
    return end;
  }
}
