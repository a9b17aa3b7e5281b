import { CLOSE_CODE, QUESTION_CODE } from './characters.js';
import { EMPTY_ELEMENT, endOfRepeatedValues, hashOf, hashOfText } from './elements.js';
import type { SanitizedText } from './output.js';

/** What a parenthesis opens, as far as repetitions go. */
export const NO_LIST = 0;
export const VALUE_LIST = 1;
export const ROW_LIST = 2;

/** So much text of repetitions is read, not counting those that consist of values only. Then the text ends. */
const MAX_REPETITIONS_LENGTH = 200_000;

/**
 * Drops elements of an IN list, and rows of VALUES, that read the same as the one before them:
 * `IN (?, ?, ?)` becomes `IN (?)`. An element after the first is written on trial and taken back when it turns
 * out to be a repetition. Elements are compared by a hash: a collision hides one element more, and no literal
 * can come out of it. One list is followed at a time; an inner one ends the watch over the outer one.
 */
export class Repetitions {
  inList = false;

  readonly #sql: string;
  readonly #out: SanitizedText;
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

  /** Call after the parenthesis was written. */
  open(list: number): void {
    this.#depth++;
    if (list === NO_LIST) {
      return;
    }
    if (this.#onTrial) {
      this.#accept();
    }
    this.inList = true;
    this.#rows = list === ROW_LIST;
    this.#listDepth = this.#rows ? this.#depth - 1 : this.#depth;
    this.#begin();
  }

  /** Call before the parenthesis is written. */
  close(): void {
    this.#depth--;
    if (this.inList && this.#depth < this.#listDepth) {
      this.end();
    }
  }

  /** Whether a comma would end an element. */
  get betweenElements(): boolean {
    return this.inList && this.#depth === this.#listDepth;
  }

  /** Call before the comma between two elements is written. Answers the comma to go on with, behind repetitions. */
  next(comma: number): number {
    if (this.#onTrial) {
      this.#judge(comma);
    }
    if (this.#out.full) {
      return comma;
    }
    this.#previousElement = this.#element;
    this.#previousTokens = this.#tokens;
    this.#trialStart = endOfRepeatedValues(this.#sql, comma, this.#element, this.#tokens);
    this.#begin();
    this.#out.mark();
    this.#onTrial = true;
    return this.#trialStart;
  }

  /** Call before anything is written that may follow the last row of VALUES. */
  afterRow(): void {
    if (this.#rows && this.betweenElements && this.#out.last === CLOSE_CODE) {
      this.end();
    }
  }

  /** Adds a parenthesis or comma to the element; call it and the next two after the token was written. */
  includeMark(code: number): void {
    this.#element = hashOf(this.#element, code);
    this.#countToken();
  }

  includeValue(): void {
    this.includeMark(QUESTION_CODE);
  }

  include(start: number, end: number): void {
    this.#element = hashOfText(this.#element, this.#sql, start, end);
    this.#countToken();
  }

  end(): void {
    if (this.#onTrial) {
      this.#judge(this.#trialStart);
    }
    this.inList = false;
    this.#rows = false;
  }

  // Longer than the element before, it is no repetition: no need to read on to its end.
  #countToken(): void {
    this.#tokens++;
    if (this.#onTrial && this.#tokens > this.#previousTokens) {
      this.#accept();
    }
  }

  #begin(): void {
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
