import type { Keyword } from './keywords.js';
import { COMPLETE, OPERAND, PART, type Position, QUERY } from './position.js';
import { Prepositions } from './prepositions.js';
import type { Statements } from './statements.js';
import type { Targets } from './targets.js';
import type { TokenReader } from './tokens.js';
import { CLAUSES } from './vocabulary.js';

/** Reads the clause that a word begins where an operand is complete. */
export class Clauses {
  readonly #reader: TokenReader;
  readonly #position: Position;
  readonly #targets: Targets;
  readonly #statements: Statements;
  readonly #prepositions: Prepositions;

  constructor(reader: TokenReader, position: Position, targets: Targets, statements: Statements) {
    this.#reader = reader;
    this.#position = position;
    this.#targets = targets;
    this.#statements = statements;
    this.#prepositions = new Prepositions(reader, position, targets, statements);
  }

  onWord(keyword: Keyword): void {
    const position = this.#position;
    const statements = this.#statements;
    const level = position.levels.current;
    if (level.ignored) {
      if (position.levels.depth === 0 && position.prepositions?.has(keyword) === true) {
        this.#prepositions.onWord(keyword);
      }
      return;
    }
    switch (CLAUSES.get(keyword)) {
      case 'select':
        statements.select();
        break;
      case 'from':
        this.#onFrom();
        break;
      case 'join':
        level.tables = true;
        this.#targets.expect('source');
        break;
      case 'with':
        if (this.#awaitsRows && this.#reader.nextIsName) {
          statements.commonTables();
        }
        break;
      case 'as':
        this.onAlias();
        position.state =
          position.verb === 'FOR' && position.levels.depth === 0 && !level.query
            ? QUERY
            : this.#stateBehindAs();
        break;
      case 'setOperation':
        level.tables = false;
        level.rows = false;
        position.state = QUERY;
        break;
      case 'operand':
        position.state = OPERAND;
        break;
      case 'after':
        level.tables = false;
        level.rows = false;
        break;
      case 'afterOperand':
        level.tables = false;
        level.rows = false;
        position.state = OPERAND;
        break;
      case 'lateral':
        if (this.#reader.nextKeyword === 'VIEW') {
          this.#reader.next();
          level.tables = false;
        }
        break;
      case 'distinct':
        // `a IS DISTINCT FROM b` is an operator.
        if (this.#reader.nextKeyword === 'FROM') {
          this.#reader.next();
          position.state = OPERAND;
        }
        break;
      case 'end':
        level.cases = Math.max(0, level.cases - 1);
        break;
      case 'then':
        this.#onThen();
        break;
      case 'block':
        if (position.script && position.levels.depth === 0) {
          statements.blocks.enter();
        }
        break;
      case 'dml':
        if (position.fromFirst && keyword === 'INSERT') {
          statements.begin(keyword);
        }
        break;
      case 'query':
        this.#onQueryWord(keyword);
        break;
      case 'using':
        if (position.verb === 'MERGE' && position.levels.depth === 0) {
          this.#targets.expect('source');
        }
        break;
      case 'for':
        position.state = OPERAND;
        break;
      default:
        this.onAlias();
    }
  }

  /** Behind `|>`. */
  onPipe(keyword: Keyword): void {
    switch (keyword) {
      case 'EXTEND':
      case 'SET':
      case 'DROP':
      case 'AGGREGATE':
      case 'CALL':
        this.#position.state = OPERAND;
        break;
      default:
        this.#position.state = COMPLETE;
        this.onWord(keyword);
    }
  }

  #onFrom(): void {
    const position = this.#position;
    const level = position.levels.current;
    if (position.verb === 'COPY') {
      // What is copied is a path.
      position.state = PART;
    } else if (level.query) {
      level.tables = true;
      level.rows = false;
      this.#targets.expect('source');
    } else if (this.#awaitsRows) {
      this.#statements.from();
    } else {
      position.state = OPERAND;
    }
  }

  #onThen(): void {
    const position = this.#position;
    const statements = this.#statements;
    if (position.levels.current.cases > 0) {
      position.state = OPERAND;
    } else if (position.script && position.levels.depth === 0 && position.verb !== 'MERGE') {
      statements.blocks.enter();
    }
  }

  #onQueryWord(keyword: Keyword): void {
    const position = this.#position;
    const statements = this.#statements;
    if (keyword === 'RETURN') {
      position.state = QUERY;
    } else if (keyword === 'VALUES') {
      position.levels.current.tables = false;
      position.state = OPERAND;
    } else if (this.#awaitsRows && this.#reader.nextIsName) {
      statements.table();
    }
  }

  /** An alias ends the rows of VALUES: a comma behind it separates tables. */
  onAlias(): void {
    const level = this.#position.levels.current;
    if (level.rows) {
      level.rows = false;
      level.tables = true;
    }
  }

  #stateBehindAs(): number {
    return this.#reader.nextIsName ? PART : COMPLETE;
  }

  /** Whether the statement is an INSERT whose rows are still to come. */
  get #awaitsRows(): boolean {
    const position = this.#position;
    return position.verb === 'INSERT' && !position.levels.current.query && position.levels.depth === 0;
  }
}
