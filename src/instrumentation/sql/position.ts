import type { Keyword } from './keywords.js';
import { Levels } from './level.js';

// What the next word can be.
/** The first word of a statement. */
export const STATEMENT = 0;
/** The first word of a query, else like behind a parenthesis. */
export const QUERY = 1;
/** The first word behind a parenthesis: of a query, or an operand. */
export const OPEN = 2;
/** An operand, whatever word it is. */
export const OPERAND = 3;
/** An operand is complete: an operator, a clause, an alias. */
export const COMPLETE = 4;
/** A part of a name or an alias, whatever word it is. */
export const PART = 5;
/** The name of a target, whatever word it is. */
export const TARGET = 6;
/** An operator of the pipe syntax. */
export const PIPE = 7;

/** Where in a text the walk has come to. */
export class Position {
  state = STATEMENT;
  readonly levels = new Levels();
  /** The first word of the statement. */
  verb: Keyword = '';
  /** Statements stand in a block. */
  script = false;
  /** The statement began with FROM: several INSERT may follow. */
  fromFirst = false;
  /** Parentheses hold columns or properties and no queries. */
  columns = false;
  /** Behind one of these words a name or a query comes, though other words say nothing. */
  prepositions: ReadonlySet<Keyword> | undefined = undefined;
  /** The rest of the text says nothing. */
  done = false;
  /** A label has been read, and its colon has not. */
  labelled = false;

  endStatement(): void {
    this.state = STATEMENT;
    this.levels.reset();
    this.verb = '';
    this.fromFirst = false;
    this.columns = false;
    this.prepositions = undefined;
    this.labelled = false;
  }
}
