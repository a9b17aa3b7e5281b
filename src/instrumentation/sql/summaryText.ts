import { isPath } from './literals.js';

/** `db.query.summary` has at most so many characters. */
const MAX_SUMMARY_LENGTH = 255;

/** Gathers the operations and targets of a statement in the order in which they stand in it. */
export class SummaryText {
  /** The first operation, or the one that the statement as a whole performs. */
  operation: string | undefined;

  private readonly parts: string[] = [];
  private mainFound = false;
  private table: string | undefined;
  private oneTable = true;

  /** @param main whether the operation stands outside of parentheses */
  addOperation(operation: string, main: boolean): void {
    this.parts.push(operation);
    if (this.mainFound) return;
    if (main || this.operation === undefined) this.operation = operation;
    this.mainFound = main;
  }

  addTable(name: string): void {
    this.parts.push(name);
    this.oneTable &&= this.table === undefined || this.table === name;
    this.table = name;
  }

  addOther(name: string): void {
    this.parts.push(name);
  }

  /** There is a table, but its name cannot be told. */
  addUnknown(): void {
    this.oneTable = false;
  }

  get isEmpty(): boolean {
    return this.parts.length === 0;
  }

  get collection(): string | undefined {
    const name = this.oneTable ? this.table : undefined;
    return name !== undefined && name.length <= MAX_SUMMARY_LENGTH ? name : undefined;
  }

  /** The parts that fit, apart by blanks. */
  toString(): string {
    let text = '';
    for (const part of this.parts) {
      const length = text.length + (text === '' ? 0 : 1) + part.length;
      if (length > MAX_SUMMARY_LENGTH) break;
      text += text === '' ? part : ` ${part}`;
    }
    return text;
  }
}

/** Whether a part of a name in backticks can be shown: not a path, and of one line. */
export function isShowable(name: string): boolean {
  if (isPath(name, 0, name.length)) return false;
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) < 32) return false;
  }
  return true;
}
