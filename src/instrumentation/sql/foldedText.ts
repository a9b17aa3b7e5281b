import { CLOSE_CODE, COMMA_CODE, OPEN_CODE, QUESTION_CODE } from './characters.js';
import { EMPTY_ELEMENT, endOfRepeatedValues, hashOf, hashOfText } from './elements.js';
import { isTruthValue } from './literals.js';
import { PLACEHOLDER, type SanitizedText } from './output.js';
import { isWord } from './words.js';

/** So much text of repetitions is read, not counting those that consist of values only. Then the text ends. */
const MAX_REPETITIONS_LENGTH = 200_000;

/** FALSE is longer than TRUE and NULL. */
const LONGEST_CONSTANT = 5;

/**
 * Writes tokens into the text, but for elements of an IN list, and rows of VALUES, that read the same as the one
 * before them: `IN (?, ?, ?)` becomes `IN (?)`. An element after the first is written on trial and taken back when it turns
 * out to be a repetition. Elements are compared by a hash: a collision hides one element more, and no literal
 * can come out of it. One list is followed at a time; an inner one ends the watch over the outer one.
 */
export class FoldedText {
  readonly #sql: string;
  readonly #out: SanitizedText;
  #inList = false;
  /** The list is rows of VALUES. */
  #rows = false;
  #depth = 0;
  /** How many parentheses are open around the commas of the list. */
  #listDepth = 0;
  #onTrial = false;
  #trialStart = 0;
  #repetitionsLength = 0;
  #element = EMPTY_ELEMENT;
  #tokens = 0;
  #previousElement = EMPTY_ELEMENT;
  #previousTokens = 0;

  constructor(sql: string, out: SanitizedText) {
    this.#sql = sql;
    this.#out = out;
  }

  /** Whether nothing that follows can change the text any more. */
  get settled(): boolean {
    return this.#out.full && !this.#onTrial;
  }

  /** How many parentheses are open. */
  get depth(): number {
    return this.#depth;
  }

  /** Whether the word is TRUE or FALSE, or NULL as the element of a list. */
  isConstant(start: number, end: number): boolean {
    // Most words have another length.
    return (
      end - start <= LONGEST_CONSTANT &&
      (isTruthValue(this.#sql, start, end) || (this.#startsElement && isWord(this.#sql, start, end, 'NULL')))
    );
  }

  keep(start: number, end: number, kind: number): void {
    if (this.#inList) {
      this.#keepInList(start, end, kind);
    } else {
      this.#out.keep(start, end, kind);
    }
  }

  /** Writes `?` for a literal. */
  literal(): void {
    if (this.#inList) {
      this.#afterRow();
      this.#out.placeholder();
      this.#include(QUESTION_CODE);
    } else {
      this.#out.placeholder();
    }
  }

  /** Writes the parameter marker at `i`. */
  parameter(i: number): void {
    this.#afterRow();
    this.#out.keep(i, i + 1, PLACEHOLDER);
    this.#include(QUESTION_CODE);
  }

  open(i: number): void {
    const values = this.#out.endsWith('IN');
    const rows = !values && this.#out.endsWith('VALUES');
    this.#out.keep(i, i + 1, OPEN_CODE);
    this.#depth++;
    if (values || rows) {
      this.#beginList(rows);
    }
    // The parenthesis belongs to a row, but not to the only element that is open.
    if (!values) {
      this.#include(OPEN_CODE);
    }
  }

  close(i: number): void {
    this.#depth--;
    if (this.#inList && this.#depth < this.#listDepth) {
      this.#endList();
    }
    this.#out.keep(i, i + 1, CLOSE_CODE);
    this.#include(CLOSE_CODE);
  }

  /** Answers where the text goes on: behind the repetitions, if the comma comes before some. */
  comma(i: number): number {
    const separates = this.#betweenElements;
    const comma = separates ? this.#nextElement(i) : i;
    this.#out.keep(comma, comma + 1, COMMA_CODE);
    if (!separates) {
      this.#include(COMMA_CODE);
    }
    return comma + 1;
  }

  /** The whole text. No more can be written. */
  finish(): string {
    this.#endList();
    return this.#out.toString();
  }

  #keepInList(start: number, end: number, kind: number): void {
    this.#afterRow();
    this.#out.keep(start, end, kind);
    if (this.#inList) {
      this.#element = hashOfText(this.#element, this.#sql, start, end);
      this.#countToken();
    }
  }

  #beginList(rows: boolean): void {
    if (this.#onTrial) {
      this.#accept();
    }
    this.#inList = true;
    this.#rows = rows;
    this.#listDepth = rows ? this.#depth - 1 : this.#depth;
    this.#beginElement();
  }

  #endList(): void {
    if (this.#onTrial) {
      this.#judge(this.#trialStart);
    }
    this.#inList = false;
    this.#rows = false;
  }

  /** What is written next may follow the last row of VALUES. */
  #afterRow(): void {
    if (this.#rows && this.#betweenElements && this.#out.last === CLOSE_CODE) {
      this.#endList();
    }
  }

  /** Whether the next token is the first of an element. */
  get #startsElement(): boolean {
    const { last } = this.#out;
    return this.#inList && (last === OPEN_CODE || last === COMMA_CODE);
  }

  /** Whether a comma would end an element. */
  get #betweenElements(): boolean {
    return this.#inList && this.#depth === this.#listDepth;
  }

  /** Ends the element before the comma. Answers the comma to go on with, behind repetitions. */
  #nextElement(comma: number): number {
    if (this.#onTrial) {
      this.#judge(comma);
    }
    if (this.#out.full) {
      return comma;
    }
    this.#previousElement = this.#element;
    this.#previousTokens = this.#tokens;
    this.#trialStart = endOfRepeatedValues(this.#sql, comma, this.#element, this.#tokens);
    this.#beginElement();
    this.#out.mark();
    this.#onTrial = true;
    return this.#trialStart;
  }

  /** Adds a value, a parenthesis or a comma to the element. */
  #include(code: number): void {
    if (this.#inList) {
      this.#element = hashOf(this.#element, code);
      this.#countToken();
    }
  }

  // Longer than the element before, it is no repetition: no need to read on to its end.
  #countToken(): void {
    this.#tokens++;
    if (this.#onTrial && this.#tokens > this.#previousTokens) {
      this.#accept();
    }
  }

  #beginElement(): void {
    this.#element = EMPTY_ELEMENT;
    this.#tokens = 0;
  }

  #judge(end: number): void {
    if (this.#element !== this.#previousElement) {
      this.#accept();
      return;
    }
    this.#out.rollback();
    this.#onTrial = false;
    this.#repetitionsLength += end - this.#trialStart;
    if (this.#repetitionsLength > MAX_REPETITIONS_LENGTH) {
      this.#out.full = true;
    }
  }

  // An element that did not fit is left out as a whole: cut in the middle it could look like a repetition.
  #accept(): void {
    this.#onTrial = false;
    if (!this.#out.full) {
      return;
    }
    this.#out.rollback();
    this.#out.full = true;
  }
}
