import { isValueInBackticks } from './paths.js';

/** `db.query.summary` has at most so many characters. */
const MAX_SUMMARY_LENGTH = 255;

/** Gathers the operations and targets of a statement in the order in which they stand in it. */
export class SummaryText {
  readonly #parts: string[] = [];

  add(part: string): void {
    this.#parts.push(part);
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** The parts that fit, apart by blanks. */
  toString(): string {
    let text = '';
    for (const part of this.#parts) {
      const length = text.length + (text === '' ? 0 : 1) + part.length;
      if (length > MAX_SUMMARY_LENGTH) {
        break;
      }
      text += text === '' ? part : ` ${part}`;
    }
    return text;
  }
}

/** Whether a part of a name in backticks can be shown: no value, and of one line. */
export function isShowable(name: string): boolean {
  if (isValueInBackticks(name, 0, name.length)) {
    return false;
  }
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) < 32) {
      return false;
    }
  }
  return true;
}
