import {
  AT_CODE,
  BACKTICK_CODE,
  CLOSE_CODE,
  COLON_CODE,
  COMMA_CODE,
  codeAt,
  DOT_CODE,
  EQUALS_CODE,
  isDigit,
  kindOf,
  OPEN_CODE,
  QUESTION_CODE,
  QUOTE,
  SEMICOLON_CODE,
  SLASH_CODE,
  SPACE,
} from './characters.js';
import { startsComment } from './comments.js';
import { keywordAt, keywords } from './keywords.js';
import { endOfComment, endOfSpace, endOfToken } from './lexer.js';
import { endOfNumber, endOfPrefixedLiteral, endOfString } from './literals.js';
import { NAME, PLACEHOLDER, SanitizedText, WORD } from './output.js';
import { isFileFormat, isValueInBackticks } from './paths.js';
import { isPlainStatement } from './plainStatements.js';
import { endOfOne } from './rawOperands.js';
import { NO_LIST, Repetitions, ROW_LIST, VALUE_LIST } from './repetitions.js';
import { StatementValues } from './statementValues.js';
import { isWord } from './words.js';

/** Behind these a slash begins a path, and a file format before a dot is no alias. */
const BEFORE_SOURCE = keywords(
  'FROM JOIN INTO TABLE UPDATE USING OVERWRITE VACUUM OPTIMIZE DETAIL HISTORY DESCRIBE DESC DELTA CLONE STREAM',
);
/** So much room a word needs that is kept only because of what follows it: without, the text ends before it. */
const LOOKAHEAD_ROOM = 2;

const SHORTEST_FORMAT = 3;

/** Writes the tokens of a text, and `?` for values. Each method answers where the next token begins. */
export class TokenSanitizer {
  readonly #sql: string;
  readonly #out: SanitizedText;
  readonly #repetitions: Repetitions;
  /** Undefined as long as no statement may have values without quotes. */
  #values: StatementValues | undefined = undefined;
  /** Whether words need a look: a statement begins, or has values without quotes. */
  #watching = true;
  /** The last part of a name, and how many dots the name has so far. */
  #partStart = 0;
  #partEnd = 0;
  #dots = 0;
  #inPath = false;

  constructor(sql: string, maxLength: number) {
    this.#sql = sql;
    this.#out = new SanitizedText(sql, maxLength);
    this.#repetitions = new Repetitions(sql, this.#out);
  }

  /** Whether nothing that follows can change the text any more. */
  get settled(): boolean {
    return this.#repetitions.settled;
  }

  /** Whether the key of a setting is being read. */
  get inSetting(): boolean {
    return this.#values?.inSetting === true;
  }

  finish(): string {
    this.#repetitions.end();
    return this.#out.toString();
  }

  /** The token at `i` in the key of a setting, or behind it; -1 if it is like any other. */
  setting(i: number): number {
    const code = codeAt(this.#sql, i);
    if (kindOf(code) === SPACE || startsComment(this.#sql, i)) {
      return -1;
    }
    const isEquals = code === EQUALS_CODE;
    const values = this.#values;
    if (values === undefined || !values.endsKey(code, this.#out.spaced, this.#out.last === WORD)) {
      return -1;
    }
    const start = isEquals ? this.#blankBehind(this.#keep(i, i + 1, code)) : i;
    const end = values.endOfSetting(start, this.#repetitions.depth);
    return end > start ? this.literal(end) : end;
  }

  space(end: number): number {
    this.#out.separate();
    return end;
  }

  word(start: number, end: number): number {
    const { last } = this.#out;
    const literalEnd = endOfPrefixedLiteral(this.#sql, start, end);
    if (literalEnd !== -1) {
      return this.literal(literalEnd);
    }
    if (this.#isValue(start, end)) {
      return this.literal(end);
    }
    if (last === DOT_CODE) {
      if (this.#dots > 0 && (this.#inPath || this.#isUnquotedPath(end))) {
        return this.#path(end);
      }
    } else {
      this.#dots = 0;
      this.#inPath = false;
    }
    return this.#watching ? this.#watchedWord(start, end, last) : this.#plainWord(start, end);
  }

  name(start: number, end: number): number {
    if (end === -1) {
      return this.literal(this.#sql.length);
    }
    const { last } = this.#out;
    if (last === DOT_CODE && this.#dots > 0) {
      if (this.#inPath || (this.#dots === 1 && isFileFormat(this.#sql, this.#partStart, this.#partEnd))) {
        return this.#path(end);
      }
    } else {
      this.#dots = 0;
      this.#inPath = false;
    }
    if (last === AT_CODE || isValueInBackticks(this.#sql, start, end)) {
      return this.literal(end);
    }
    if (this.#watching && this.#values !== undefined) {
      if (this.#values.isValue(end, '', last)) {
        return this.literal(end);
      }
      this.#values.passName();
    }
    this.#partStart = start;
    this.#partEnd = end;
    return this.#keep(start, end, NAME);
  }

  // Strings that follow each other are one literal to the server.
  string(start: number): number {
    let end = endOfString(this.#sql, start);
    for (let next = end; next < this.#sql.length; ) {
      const kind = kindOf(codeAt(this.#sql, next));
      if (kind !== SPACE && kind !== QUOTE) {
        break;
      }
      next = endOfToken(this.#sql, next);
      if (kind === QUOTE) {
        end = next;
      }
    }
    return this.literal(end);
  }

  signOrComment(i: number, code: number): number {
    const commentEnd = endOfComment(this.#sql, i);
    if (commentEnd !== -1) {
      this.#out.separate();
      return commentEnd;
    }
    if (code === SLASH_CODE) {
      return this.#slash(i);
    }
    if (this.#out.endsWithOperand()) {
      return this.mark(i, code);
    }
    const next = endOfSpace(this.#sql, i);
    const digit = codeAt(this.#sql, next) === DOT_CODE ? next + 1 : next;
    return isDigit(codeAt(this.#sql, digit))
      ? this.literal(endOfNumber(this.#sql, next))
      : this.mark(i, code);
  }

  dot(i: number): number {
    const { last, spaced } = this.#out;
    const inName = last === WORD || last === NAME;
    if ((spaced || !(inName || this.#out.endsWithOperand())) && isDigit(codeAt(this.#sql, i + 1))) {
      return this.literal(endOfNumber(this.#sql, i));
    }
    this.#dots = inName || this.#inPath ? this.#dots + 1 : 0;
    return this.mark(i, DOT_CODE);
  }

  open(i: number): number {
    const list = this.#out.endsWith('IN') ? VALUE_LIST : this.#out.endsWith('VALUES') ? ROW_LIST : NO_LIST;
    if (this.#watching || this.#out.endsWith('WITH')) {
      this.#openWatched(i + 1);
    }
    this.#out.keep(i, i + 1, OPEN_CODE);
    this.#repetitions.open(list);
    if (list !== VALUE_LIST && this.#repetitions.inList) {
      this.#repetitions.includeMark(OPEN_CODE);
    }
    return i + 1;
  }

  close(i: number): number {
    if (this.#watching && this.#values !== undefined) {
      this.#values.close();
      this.#watching = !this.#values.idle;
    }
    this.#repetitions.close();
    this.#out.keep(i, i + 1, CLOSE_CODE);
    if (this.#repetitions.inList) {
      this.#repetitions.includeMark(CLOSE_CODE);
    }
    return i + 1;
  }

  comma(i: number): number {
    const repetitions = this.#repetitions;
    const separates = repetitions.betweenElements;
    const comma = separates ? repetitions.next(i) : i;
    this.#out.keep(comma, comma + 1, COMMA_CODE);
    if (!separates && repetitions.inList) {
      repetitions.includeMark(COMMA_CODE);
    }
    return this.#watching && this.#values !== undefined
      ? this.#value(comma + 1, this.#values.behindComma(comma + 1))
      : comma + 1;
  }

  mark(i: number, code: number): number {
    if (code === QUESTION_CODE) {
      return this.#parameter(i);
    }
    if (code === SEMICOLON_CODE) {
      this.#values?.endStatement();
      this.#watching = true;
      return this.#keep(i, i + 1, code);
    }
    const end = this.#keep(i, i + 1, code);
    return code === EQUALS_CODE && this.#watching && this.#values !== undefined
      ? this.#value(end, this.#values.behindEquals(end))
      : end;
  }

  literal(end: number): number {
    this.#passValue();
    this.#repetitions.afterRow();
    this.#out.placeholder();
    if (this.#repetitions.inList) {
      this.#repetitions.includeValue();
    }
    return end;
  }

  #plainWord(start: number, end: number): number {
    this.#partStart = start;
    this.#partEnd = end;
    return this.#keep(start, end, WORD);
  }

  #watchedWord(start: number, end: number, before: number): number {
    if (this.#values === undefined) {
      if (isPlainStatement(this.#sql, start, end)) {
        this.#watching = false;
        return this.#plainWord(start, end);
      }
      this.#values = new StatementValues(this.#sql, true);
    }
    const values = this.#values;
    const keyword = keywordAt(this.#sql, start, end);
    if (values.isValue(end, keyword, before)) {
      return this.literal(end);
    }
    if (values.inList) {
      this.#out.requireRoom(end - start + LOOKAHEAD_ROOM);
    }
    this.#plainWord(start, end);
    const valueEnd = values.behindWord(keyword, end, before);
    this.#watching = !values.idle;
    return this.#value(end, valueEnd);
  }

  #openWatched(end: number): void {
    if (this.#values === undefined) {
      if (this.#watching) {
        return;
      }
      this.#values = new StatementValues(this.#sql, false);
    }
    this.#values.open(this.#out.lastKeyword, end);
    this.#watching = !this.#values.idle;
  }

  /** The value from `start` to `end`, with the white space before it; -1 is none. */
  #value(start: number, end: number): number {
    if (end === -1) {
      return start;
    }
    this.#blankBehind(start);
    return this.literal(end);
  }

  #blankBehind(start: number): number {
    if (kindOf(codeAt(this.#sql, start)) !== SPACE) {
      return start;
    }
    this.#out.separate();
    return endOfSpace(this.#sql, start);
  }

  /** Whether a word is a value: TRUE and FALSE, NULL as the element of a list, the version in `table@v1`. */
  #isValue(start: number, end: number): boolean {
    const { last, spaced } = this.#out;
    if (!spaced) {
      if (last === AT_CODE) {
        return true;
      }
      if (last === DOT_CODE || last === COLON_CODE) {
        return false;
      }
    }
    if (end - start === 5) {
      return isWord(this.#sql, start, end, 'FALSE');
    }
    if (end - start !== 4) {
      return false;
    }
    if (isWord(this.#sql, start, end, 'TRUE')) {
      return true;
    }
    const startsElement = this.#repetitions.inList && (last === OPEN_CODE || last === COMMA_CODE);
    return startsElement && isWord(this.#sql, start, end, 'NULL');
  }

  /** Whether the word that ends at `end` is a path behind a file format: `FROM csv.jane`, not `csv.a.b`. */
  #isUnquotedPath(end: number): boolean {
    // The cheap questions first: this is asked of every name with a dot.
    if (this.#dots !== 1 || this.#partEnd - this.#partStart < SHORTEST_FORMAT) {
      return false;
    }
    const quoted = codeAt(this.#sql, this.#partStart) === BACKTICK_CODE;
    if (!(quoted || this.#out.followsWord) || !isFileFormat(this.#sql, this.#partStart, this.#partEnd)) {
      return false;
    }
    if (!(quoted || BEFORE_SOURCE.has(this.#out.keywordBefore))) {
      return false;
    }
    if (codeAt(this.#sql, end) === DOT_CODE) {
      this.#out.requireRoom(end - this.#partEnd + LOOKAHEAD_ROOM);
      return false;
    }
    return true;
  }

  #path(end: number): number {
    this.#inPath = true;
    return this.literal(end);
  }

  #slash(i: number): number {
    // Where an operand should be, a slash is no operator.
    const mayBePath = !this.#out.endsWithOperand() || BEFORE_SOURCE.has(this.#out.lastKeyword);
    const isPath = mayBePath && kindOf(codeAt(this.#sql, i + 1)) !== SPACE;
    return isPath ? this.literal(endOfOne(this.#sql, i)) : this.mark(i, SLASH_CODE);
  }

  #passValue(): void {
    if (this.#watching) {
      this.#values?.passLiteral();
    }
  }

  #parameter(i: number): number {
    this.#passValue();
    this.#repetitions.afterRow();
    this.#out.keep(i, i + 1, PLACEHOLDER);
    if (this.#repetitions.inList) {
      this.#repetitions.includeValue();
    }
    return i + 1;
  }

  #keep(start: number, end: number, kind: number): number {
    this.#repetitions.afterRow();
    this.#out.keep(start, end, kind);
    if (this.#repetitions.inList) {
      this.#repetitions.include(start, end);
    }
    return end;
  }
}
