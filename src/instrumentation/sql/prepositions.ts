import type { Keyword } from './keywords.js';
import { type Position, QUERY } from './position.js';
import { type Expectation, readKind } from './statementHead.js';
import type { Statements } from './statements.js';
import type { Targets } from './targets.js';
import type { TokenReader } from './tokens.js';

/** Reads the prepositions of statements whose other words say nothing. */
export class Prepositions {
  readonly #reader: TokenReader;
  readonly #position: Position;
  readonly #targets: Targets;
  readonly #statements: Statements;

  constructor(reader: TokenReader, position: Position, targets: Targets, statements: Statements) {
    this.#reader = reader;
    this.#position = position;
    this.#targets = targets;
    this.#statements = statements;
  }

  onWord(keyword: Keyword): void {
    const position = this.#position;
    const statements = this.#statements;
    const { verb } = position;
    switch (keyword) {
      case 'AS':
      case 'RETURN':
        position.state = QUERY;
        break;
      case 'SELECT':
        statements.select();
        break;
      case 'BEGIN':
        statements.blocks.enter();
        break;
      case 'INSERT':
      case 'UPDATE':
      case 'DELETE':
      case 'MERGE':
        statements.begin(keyword);
        break;
      case 'FOR':
        if (verb === 'DECLARE') {
          position.state = QUERY;
          break;
        }
        this.#targets.expect(readKind(this.#reader, verb, 'table'));
        break;
      default:
        this.#expectBehind(keyword, verb);
    }
  }

  #expectBehind(keyword: Keyword, verb: Keyword): void {
    const isDefinition = verb === 'CREATE' || verb === 'REPLACE' || verb === 'APPLY';
    if (isDefinition && keyword === 'FROM') {
      this.#targets.expect('source');
      return;
    }
    if (this.#hasOnePreposition(verb)) {
      this.#position.prepositions = undefined;
    }
    if (verb === 'SYNC' || verb === 'ANALYZE') {
      this.#targets.expect('other');
    } else {
      this.#targets.expect(readKind(this.#reader, verb, this.#kindBehind(keyword, verb)));
    }
  }

  #hasOnePreposition(verb: Keyword): boolean {
    return this.#position.prepositions?.has('ON') === true || verb === 'SHOW';
  }

  /** What a name is that has no kind before it. */
  #kindBehind(keyword: Keyword, verb: Keyword): Expectation {
    if (verb === 'SHOW') {
      return keyword === 'ON' || this.#statements.shown === 'COLUMNS' ? 'table' : 'other';
    }
    return 'table';
  }
}
