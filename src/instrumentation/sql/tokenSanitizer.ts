import {
  AT_CODE,
  COLON_CODE,
  codeAt,
  DOT_CODE,
  EQUALS_CODE,
  isDigit,
  kindOf,
  QUESTION_CODE,
  SEMICOLON_CODE,
  SLASH_CODE,
  SPACE,
} from './characters.js';
import { startsComment } from './comments.js';
import { FilePaths } from './filePaths.js';
import { FoldedText } from './foldedText.js';
import { keywordAt } from './keywords.js';
import { endOfBlank, endOfComment } from './lexer.js';
import { endOfNumber, endOfPrefixedLiteral, endOfSignedNumber } from './literals.js';
import { NAME, SanitizedText, WORD } from './output.js';
import { isValueInBackticks } from './paths.js';
import { isPlainStatement } from './plainStatements.js';
import { endOfOne } from './rawOperands.js';
import { StatementValues } from './statementValues.js';

/** Writes the tokens of a text, and `?` for values. Each method answers where the next token begins. */
export class TokenSanitizer {
  /** Whether the key of a setting is being read. */
  inSetting = false;

  readonly #sql: string;
  readonly #out: SanitizedText;
  readonly #text: FoldedText;
  readonly #paths: FilePaths;
  /** Undefined as long as no statement may have values without quotes. */
  #values: StatementValues | undefined = undefined;
  /** Whether words need a look: a statement begins, or has values without quotes. */
  #watching = true;

  constructor(sql: string, maxLength: number) {
    this.#sql = sql;
    this.#out = new SanitizedText(sql, maxLength);
    this.#text = new FoldedText(sql, this.#out);
    this.#paths = new FilePaths(sql, this.#out);
  }

  /** Whether nothing that follows can change the text any more. */
  get settled(): boolean {
    return this.#text.settled;
  }

  finish(): string {
    return this.#text.finish();
  }

  /** The token at `i` in the key of a setting, or behind it; -1 if it is like any other. */
  setting(i: number): number {
    const code = codeAt(this.#sql, i);
    if (kindOf(code) === SPACE || startsComment(this.#sql, i)) {
      return -1;
    }
    const values = this.#values;
    const isEnd = values?.endsKey(code, this.#out.spaced, this.#out.last === WORD) === true;
    this.inSetting = values?.inSetting === true;
    if (values === undefined || !isEnd) {
      return -1;
    }
    let start = i;
    if (code === EQUALS_CODE) {
      this.#text.keep(i, i + 1, EQUALS_CODE);
      start = this.#out.separateAt(i + 1);
    }
    const end = values.endOfSetting(start, this.#text.depth);
    return end > start ? this.literal(end) : end;
  }

  space(end: number): number {
    this.#out.separate();
    return end;
  }

  word(start: number, end: number): number {
    const literalEnd = endOfPrefixedLiteral(this.#sql, start, end);
    if (literalEnd !== -1) {
      return this.literal(literalEnd);
    }
    if (this.#isValue(start, end) || (this.#out.last === DOT_CODE && this.#paths.takesWord(end))) {
      return this.literal(end);
    }
    if (this.#watching) {
      return this.#watchedWord(start, end);
    }
    this.#text.keep(start, end, WORD);
    return end;
  }

  name(start: number, end: number): number {
    if (end === -1) {
      return this.literal(this.#sql.length);
    }
    const { last } = this.#out;
    const isPath = last === DOT_CODE && this.#paths.takesName();
    if (isPath || last === AT_CODE || isValueInBackticks(this.#sql, start, end)) {
      return this.literal(end);
    }
    if (this.#watching) {
      this.#values ??= new StatementValues(this.#sql, true);
      if (this.#values.isValue(end, '', last)) {
        return this.literal(end);
      }
      this.#values.passName();
      this.#values.requireRoom(this.#out, end - start);
    }
    this.#text.keep(start, end, NAME);
    return end;
  }

  signOrComment(i: number, code: number): number {
    const commentEnd = endOfComment(this.#sql, i);
    if (commentEnd !== -1) {
      this.#out.separate();
      return endOfBlank(this.#sql, commentEnd);
    }
    if (code === SLASH_CODE && this.#paths.beginsWithSlash(i)) {
      return this.literal(endOfOne(this.#sql, i));
    }
    const numberEnd =
      code === SLASH_CODE || this.#out.endsWithOperand() ? -1 : endOfSignedNumber(this.#sql, i);
    return numberEnd === -1 ? this.mark(i, code) : this.literal(numberEnd);
  }

  dot(i: number): number {
    const { last, spaced } = this.#out;
    const inName = last === WORD || last === NAME;
    if ((spaced || !(inName || this.#out.endsWithOperand())) && isDigit(codeAt(this.#sql, i + 1))) {
      return this.literal(endOfNumber(this.#sql, i));
    }
    this.#paths.dot(inName);
    this.#text.keep(i, i + 1, DOT_CODE);
    return i + 1;
  }

  open(i: number): number {
    if (this.#watching || this.#out.endsWith('WITH')) {
      this.#openWatched(i + 1);
    }
    this.#text.open(i);
    return i + 1;
  }

  close(i: number): number {
    if (this.#watching && this.#values !== undefined) {
      this.#values.close();
      this.#watching = !this.#values.idle;
    }
    this.#text.close(i);
    return i + 1;
  }

  comma(i: number): number {
    const end = this.#text.comma(i);
    return this.#watching && this.#values !== undefined
      ? this.#value(end, this.#values.behindComma(end))
      : end;
  }

  mark(i: number, code: number): number {
    if (code === QUESTION_CODE) {
      this.#passLiteral();
      this.#text.parameter(i);
      return i + 1;
    }
    if (code === SEMICOLON_CODE) {
      this.#values?.endStatement();
      this.#watching = true;
      this.inSetting = false;
    }
    this.#text.keep(i, i + 1, code);
    return code === EQUALS_CODE && this.#watching && this.#values !== undefined
      ? this.#value(i + 1, this.#values.behindEquals(i + 1))
      : i + 1;
  }

  literal(end: number): number {
    this.#passLiteral();
    this.#text.literal();
    return end;
  }

  #watchedWord(start: number, end: number): number {
    if (this.#values === undefined) {
      if (this.#out.beginsStatement && isPlainStatement(this.#sql, start, end)) {
        this.#watching = false;
        this.#text.keep(start, end, WORD);
        return end;
      }
      this.#values = new StatementValues(this.#sql, true);
    }
    const values = this.#values;
    const before = this.#out.last;
    const keyword = keywordAt(this.#sql, start, end);
    if (values.isValue(end, keyword, before)) {
      return this.literal(end);
    }
    values.requireRoom(this.#out, end - start);
    this.#text.keep(start, end, WORD);
    const valueEnd = values.behindWord(keyword, end, before);
    this.#watching = !values.idle;
    this.inSetting = values.inSetting;
    return this.#value(end, valueEnd);
  }

  #openWatched(end: number): void {
    if (this.#values === undefined) {
      if (this.#watching && this.#out.beginsStatement) {
        return;
      }
      this.#values = new StatementValues(this.#sql, this.#watching);
    }
    this.#values.open(this.#out, end);
    this.#watching = !this.#values.idle;
  }

  /** The value from `start` to `end`, with the white space before it; -1 is none. */
  #value(start: number, end: number): number {
    if (end === -1) {
      return start;
    }
    this.#out.separateAt(start);
    return this.literal(end);
  }

  /** Whether a word is a value: TRUE and FALSE, NULL as the element of a list, the version in `table@v1`. */
  #isValue(start: number, end: number): boolean {
    const { last, spaced } = this.#out;
    if (!spaced && last === AT_CODE) {
      return true;
    }
    const isPart = !spaced && (last === DOT_CODE || last === COLON_CODE);
    return !isPart && this.#text.isConstant(start, end);
  }

  #passLiteral(): void {
    if (this.#watching) {
      this.#values?.passLiteral();
    }
  }
}
