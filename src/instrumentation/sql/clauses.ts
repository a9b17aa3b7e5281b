import { OPEN_CODE } from './characters.js';
import type { Keyword } from './keywords.js';
import { Operands } from './operands.js';
import { COMPLETE, OPEN, OPERAND, PART, PIPE, Position, QUERY, STATEMENT, TARGET } from './position.js';
import { type Expectation, readKind } from './statementHead.js';
import { Statements } from './statements.js';
import type { SummaryText } from './summaryText.js';
import { Targets } from './targets.js';
import type { TokenReader } from './tokens.js';
import { CLAUSES, DML_VERBS } from './vocabulary.js';

/** Knows what a word means where it stands. */
export class Clauses {
  readonly position = new Position();
  readonly statements: Statements;
  readonly targets: Targets;
  storedProcedure: string | undefined = undefined;

  readonly #reader: TokenReader;
  readonly #operands: Operands;
  /** The token before, if it is a word. */
  #previous: Keyword = '';
  #afterWord = false;

  constructor(reader: TokenReader, out: SummaryText) {
    this.#reader = reader;
    this.targets = new Targets(reader, out);
    this.statements = new Statements(reader, out, this.targets, this.position);
    this.#operands = new Operands(reader, this.position);
  }

  onWord(keyword: Keyword): void {
    const { position } = this;
    const previous = this.#previous;
    this.#previous = keyword;
    this.#afterWord = true;
    switch (position.state) {
      case STATEMENT:
        this.statements.begin(keyword);
        break;
      case COMPLETE:
        this.#onClause(keyword);
        break;
      case OPERAND:
        this.#onOperand(keyword, previous);
        break;
      case OPEN:
      case QUERY:
        this.#onBeginning(keyword, previous);
        break;
      case TARGET:
        this.#onTarget(keyword);
        break;
      case PIPE:
        this.#onPipe(keyword);
        break;
      default:
        position.state = COMPLETE;
    }
  }

  /** A name in backticks. */
  onName(): void {
    const { position } = this;
    const isTarget =
      position.state === TARGET || (position.state === OPEN && this.targets.expected !== 'nothing');
    this.#previous = '';
    this.#afterWord = true;
    if (position.state === STATEMENT) {
      this.statements.onUnknown();
    } else if (isTarget) {
      this.#takeName();
    } else {
      this.#onAlias();
      position.state = COMPLETE;
    }
  }

  onLiteral(): void {
    this.forgetWord();
    if (this.position.state === STATEMENT) {
      this.statements.onUnknown();
    } else {
      this.position.state = COMPLETE;
    }
  }

  forgetWord(): void {
    this.#previous = '';
    this.#afterWord = false;
  }

  open(): void {
    const { position, targets } = this;
    const { state, levels } = position;
    const isSource = (state === TARGET || state === OPEN) && targets.expected === 'source';
    const isIgnored = levels.current.ignored && position.columns && state !== QUERY && !isSource;
    const isCall =
      state === COMPLETE && this.#afterWord && this.#previous !== 'EXISTS' && this.#previous !== 'AS';
    const level = levels.open();
    level.tables = isSource;
    level.ignored = isIgnored;
    level.arguments = isCall;
    if (!isSource) {
      targets.expected = 'nothing';
    }
    if (state !== STATEMENT) {
      position.state = isIgnored ? COMPLETE : OPEN;
    }
    this.forgetWord();
  }

  close(): void {
    const { position } = this;
    position.levels.close();
    this.targets.leave(position.levels.depth);
    this.targets.expected = 'nothing';
    position.state = position.levels.current.commonTables ? QUERY : COMPLETE;
    this.forgetWord();
  }

  comma(): void {
    const { position } = this;
    const level = position.levels.current;
    this.forgetWord();
    if (level.commonTables) {
      this.#expect('cte');
    } else if (level.tables) {
      this.#expect('source');
    } else {
      position.state = level.ignored ? COMPLETE : OPERAND;
    }
  }

  endStatement(): void {
    this.position.endStatement();
    this.targets.endStatement();
    this.forgetWord();
  }

  #onTarget(keyword: Keyword): void {
    const { position, targets } = this;
    const isSource = targets.expected === 'source';
    const taken = targets.takeWord(keyword, position.levels.depth);
    if (taken === 'prefix') {
      return;
    }
    position.state = COMPLETE;
    if (taken === 'rows') {
      position.levels.current.rows = true;
      position.levels.current.tables = false;
      position.state = OPERAND;
    } else if (taken === 'name') {
      this.#onTaken(isSource);
    }
  }

  #takeName(): void {
    const isSource = this.targets.expected === 'source';
    this.targets.takeName(this.position.levels.depth);
    this.position.state = COMPLETE;
    this.#onTaken(isSource);
  }

  #onTaken(isSource: boolean): void {
    // Behind the name of a source a parenthesis holds arguments, behind that of another target columns.
    this.#afterWord = isSource;
    this.#previous = '';
    if (this.position.verb === 'CALL' && this.statements.firstKeyword === 'CALL') {
      this.storedProcedure ??= this.targets.last;
    }
  }

  /** Directly behind a parenthesis, AS, UNION or the like. */
  #onBeginning(keyword: Keyword, previous: Keyword): void {
    const { position, statements, targets } = this;
    const isOpen = position.state === OPEN;
    const level = position.levels.current;
    if (this.#operands.beginsQuery(keyword)) {
      this.#beginQuery(keyword);
    } else if (isOpen && targets.expected !== 'nothing') {
      this.#onTarget(keyword);
    } else if (!isOpen && DML_VERBS.has(keyword)) {
      statements.begin(keyword);
    } else if (!isOpen && keyword === 'BEGIN') {
      statements.enterBlock();
    } else if (!isOpen && (level.commonTables || keyword === 'ALL' || keyword === 'DISTINCT')) {
      position.state = QUERY;
    } else if (level.ignored) {
      position.state = COMPLETE;
    } else {
      this.#onOperand(keyword, previous);
    }
  }

  #beginQuery(keyword: Keyword): void {
    const { position, statements } = this;
    const level = position.levels.current;
    this.targets.expected = 'nothing';
    switch (keyword) {
      case 'SELECT':
        statements.select();
        break;
      case 'FROM':
        statements.from();
        break;
      case 'WITH':
        statements.commonTables();
        break;
      case 'TABLE':
        if (level.arguments) {
          this.#onTableArgument();
        } else {
          statements.table();
        }
        break;
      default:
        // The rows of a nested VALUES are no operation of their own.
        if (level.commonTables) {
          statements.begin(keyword);
        }
        level.tables = false;
        position.state = OPERAND;
    }
  }

  #onOperand(keyword: Keyword, previous: Keyword): void {
    if (keyword === 'TABLE' && this.position.levels.current.arguments && this.#operands.isTableArgument) {
      this.#onTableArgument();
    } else {
      this.position.state = this.#operands.stateBehind(keyword, previous);
    }
  }

  /** `f(TABLE t)`, `f(TABLE (SELECT …))`. */
  #onTableArgument(): void {
    this.#expect(this.#reader.nextCode === OPEN_CODE ? 'source' : 'table');
  }

  #onPipe(keyword: Keyword): void {
    switch (keyword) {
      case 'EXTEND':
      case 'SET':
      case 'DROP':
      case 'AGGREGATE':
      case 'CALL':
        this.position.state = OPERAND;
        break;
      default:
        this.position.state = COMPLETE;
        this.#onClause(keyword);
    }
  }

  /** Behind an operand. */
  #onClause(keyword: Keyword): void {
    const { position, statements } = this;
    const level = position.levels.current;
    if (level.ignored) {
      if (position.levels.depth === 0 && position.prepositions?.has(keyword) === true) {
        this.#onPreposition(keyword);
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
        this.#expect('source');
        break;
      case 'with':
        if (this.#awaitsRows && this.#reader.nextIsName) {
          statements.commonTables();
        }
        break;
      case 'as':
        this.#onAlias();
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
          statements.enterBlock();
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
          this.#expect('source');
        }
        break;
      case 'for':
        position.state = OPERAND;
        break;
      default:
        this.#onAlias();
    }
  }

  #onFrom(): void {
    const { position } = this;
    const level = position.levels.current;
    if (position.verb === 'COPY') {
      // What is copied is a path.
      position.state = PART;
    } else if (level.query) {
      level.tables = true;
      level.rows = false;
      this.#expect('source');
    } else if (this.#awaitsRows) {
      this.statements.from();
    } else {
      position.state = OPERAND;
    }
  }

  #onThen(): void {
    const { position, statements } = this;
    if (position.levels.current.cases > 0) {
      position.state = OPERAND;
    } else if (position.script && position.levels.depth === 0 && position.verb !== 'MERGE') {
      statements.enterBlock();
    }
  }

  #onQueryWord(keyword: Keyword): void {
    const { position, statements } = this;
    if (keyword === 'RETURN') {
      position.state = QUERY;
    } else if (keyword === 'VALUES') {
      position.levels.current.tables = false;
      position.state = OPERAND;
    } else if (this.#awaitsRows && this.#reader.nextIsName) {
      statements.table();
    }
  }

  /** While other words say nothing. */
  #onPreposition(keyword: Keyword): void {
    const { position, statements } = this;
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
        statements.enterBlock();
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
        this.#expect(readKind(this.#reader, verb, 'table'));
        break;
      default:
        this.#expectBehind(keyword, verb);
    }
  }

  #expectBehind(keyword: Keyword, verb: Keyword): void {
    const isDefinition = verb === 'CREATE' || verb === 'REPLACE' || verb === 'APPLY';
    if (isDefinition && keyword === 'FROM') {
      this.#expect('source');
      return;
    }
    if (this.#hasOnePreposition(verb)) {
      this.position.prepositions = undefined;
    }
    if (verb === 'SYNC' || verb === 'ANALYZE') {
      this.#expect('other');
    } else {
      this.#expect(readKind(this.#reader, verb, this.#kindBehind(keyword, verb)));
    }
  }

  #hasOnePreposition(verb: Keyword): boolean {
    return this.position.prepositions?.has('ON') === true || verb === 'SHOW';
  }

  /** What a name is that has no kind before it. */
  #kindBehind(keyword: Keyword, verb: Keyword): Expectation {
    if (verb === 'SHOW') {
      return keyword === 'ON' || this.statements.shown === 'COLUMNS' ? 'table' : 'other';
    }
    return 'table';
  }

  /** An alias ends the rows of VALUES: a comma behind it separates tables. */
  #onAlias(): void {
    const level = this.position.levels.current;
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
    const { position } = this;
    return position.verb === 'INSERT' && !position.levels.current.query && position.levels.depth === 0;
  }

  #expect(expected: Expectation): void {
    this.targets.expected = expected;
    this.position.state = expected === 'nothing' ? COMPLETE : TARGET;
  }
}
