import { BACKTICK, DIGIT, kindOf, LETTER, OPEN, OPEN_CODE, QUESTION_CODE, QUOTE } from './characters.js';
import type { Keyword } from './keywords.js';
import { foldName, readName } from './names.js';
import { COMPLETE, type Position, TARGET } from './position.js';
import type { Expectation } from './statementHead.js';
import type { SummaryText } from './summaryText.js';
import type { TokenReader } from './tokens.js';
import { BEHIND_TABLE } from './vocabulary.js';

interface CommonTable {
  readonly name: string;
  /** How deep in parentheses it is known. */
  readonly depth: number;
}

/** What a word turned out to be where a name is expected. */
export type Taken = 'name' | 'prefix' | 'rows' | 'nothing';

/** Tells the names that are expected from those that are not, and adds them to the summary. */
export class Targets {
  expected: Expectation = 'nothing';

  readonly #reader: TokenReader;
  readonly #out: SummaryText;
  readonly #position: Position;
  readonly #commonTables: CommonTable[] = [];
  /** Common table expressions that are being defined: their own queries do not know them. */
  readonly #inDefinition: CommonTable[] = [];
  #recursive = false;
  /** The last name that was added. */
  last: string | undefined = undefined;

  constructor(reader: TokenReader, out: SummaryText, position: Position) {
    this.#reader = reader;
    this.#out = out;
    this.#position = position;
  }

  /** What comes next is a name of that kind. */
  expect(expected: Expectation): void {
    this.expected = expected;
    this.#position.state = expected === 'nothing' ? COMPLETE : TARGET;
  }

  /** A word stands where a name is expected. */
  takeWord(keyword: Keyword, depth: number): Taken {
    const reader = this.#reader;
    switch (keyword) {
      case 'IDENTIFIER':
        if (reader.nextCode === OPEN_CODE) {
          this.expected = 'nothing';
          return 'nothing';
        }
        break;
      case 'RECURSIVE':
        if (this.expected === 'cte' && reader.nextIsName && reader.nextKeyword !== 'AS') {
          this.#recursive = true;
          return 'prefix';
        }
        break;
      case 'VALUES':
        if (this.expected === 'source' && beginsRow(reader.nextCode)) {
          this.expected = 'nothing';
          return 'rows';
        }
        break;
      case 'LATERAL':
      case 'STREAM':
      case 'TABLE':
        if (this.expected === 'source' && this.#isPrefix(keyword)) {
          return 'prefix';
        }
        break;
      default:
    }
    this.takeName(depth);
    return 'name';
  }

  /** A name stands where one is expected. */
  takeName(depth: number): void {
    const { expected } = this;
    const reader = this.#reader;
    this.expected = 'nothing';
    if (expected === 'cte') {
      this.#define({ name: foldName(reader.text), depth });
      return;
    }
    const { text, parts } = readName(reader, expected !== 'other');
    this.last = text;
    // A function, for nobody puts columns behind the name of a table that is read.
    const isFunction = expected === 'source' && reader.nextCode === OPEN_CODE;
    if (
      text === undefined ||
      isFunction ||
      (parts === 1 && expected !== 'other' && this.#isCommonTable(text))
    ) {
      return;
    }
    this.#out.add(text);
  }

  /** The query of the common table expression at this depth has ended: what follows knows it. */
  endDefinition(depth: number): void {
    while (this.#inDefinition.length > 0 && (this.#inDefinition.at(-1)?.depth ?? 0) >= depth) {
      const table = this.#inDefinition.pop();
      if (table?.depth === depth) {
        this.#commonTables.push(table);
      }
    }
  }

  /** Parentheses end: what was defined in them is known no more. */
  leave(depth: number): void {
    while (this.#commonTables.length > 0 && (this.#commonTables.at(-1)?.depth ?? 0) > depth) {
      this.#commonTables.pop();
    }
  }

  endStatement(): void {
    this.expected = 'nothing';
    this.#commonTables.length = 0;
    this.#inDefinition.length = 0;
    this.#recursive = false;
  }

  #define(table: CommonTable): void {
    this.endDefinition(table.depth);
    (this.#recursive ? this.#commonTables : this.#inDefinition).push(table);
  }

  #isCommonTable(name: string): boolean {
    if (this.#commonTables.length === 0) {
      return false;
    }
    const folded = foldName(name);
    return this.#commonTables.some((table) => table.name === folded);
  }

  /** Whether LATERAL, STREAM or TABLE stands before a name or a parenthesis, and is no name itself. */
  #isPrefix(keyword: Keyword): boolean {
    const kind = kindOf(this.#reader.nextCode);
    if (kind === OPEN) {
      return true;
    }
    return (
      keyword !== 'TABLE' &&
      (kind === BACKTICK || (kind === LETTER && !BEHIND_TABLE.has(this.#reader.nextKeyword)))
    );
  }
}

function beginsRow(code: number): boolean {
  const kind = kindOf(code);
  return kind === OPEN || kind === QUOTE || kind === DIGIT || code === QUESTION_CODE;
}
