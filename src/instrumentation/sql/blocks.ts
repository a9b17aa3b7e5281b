import { COLON_CODE, END, SEMICOLON_CODE } from './characters.js';
import { type Keyword, keywords } from './keywords.js';
import { OPERAND, PART, type Position, QUERY } from './position.js';
import type { Targets } from './targets.js';
import type { TokenReader } from './tokens.js';
import { BEHIND_TABLE, LABELLED } from './vocabulary.js';

const BLOCK_WORDS = keywords('NOT ATOMIC');

/** Reads what holds the statements of a script together. */
export class Blocks {
  readonly #reader: TokenReader;
  readonly #targets: Targets;
  readonly #position: Position;

  constructor(reader: TokenReader, targets: Targets, position: Position) {
    this.#reader = reader;
    this.#targets = targets;
    this.#position = position;
  }

  /** Whether the word is a label: `l: BEGIN`. */
  get isLabel(): boolean {
    return this.#reader.nextCode === COLON_CODE && LABELLED.has(this.#reader.keywordBehindMark);
  }

  /** A statement of a block comes next. */
  enter(): void {
    const position = this.#position;
    position.endStatement();
    this.#targets.endStatement();
    position.script = true;
    while (BLOCK_WORDS.has(this.#reader.nextKeyword)) {
      this.#reader.next();
    }
  }

  /** Whether BEGIN or START begins a transaction. */
  get beginsTransaction(): boolean {
    const { nextKeyword } = this.#reader;
    return nextKeyword === 'TRANSACTION' || nextKeyword === 'WORK';
  }

  /** BEGIN: of a block, or of a transaction. */
  begin(): void {
    const { nextCode } = this.#reader;
    if (this.beginsTransaction || nextCode === SEMICOLON_CODE || nextCode === END) {
      this.#position.levels.current.ignored = true;
    } else {
      this.enter();
    }
  }

  /** Words of scripts. @returns whether it was one */
  beginStatement(keyword: Keyword): boolean {
    const position = this.#position;
    switch (keyword) {
      case 'IF':
      case 'ELSEIF':
      case 'WHILE':
      case 'UNTIL':
      case 'CASE':
      case 'WHEN':
        position.state = OPERAND;
        return true;
      case 'RETURN':
        position.state = QUERY;
        return true;
      case 'FOR':
        position.state = BEHIND_TABLE.has(this.#reader.nextKeyword) ? QUERY : PART;
        return true;
      case 'THEN':
      case 'ELSE':
      case 'DO':
      case 'LOOP':
      case 'REPEAT':
        this.enter();
        return true;
      default:
        return false;
    }
  }
}
