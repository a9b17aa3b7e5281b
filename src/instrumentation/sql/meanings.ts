import { OPEN_CODE } from './characters.js';
import { Clauses } from './clauses.js';
import type { Keyword } from './keywords.js';
import { Operands } from './operands.js';
import { COMPLETE, OPEN, OPERAND, PIPE, Position, QUERY, STATEMENT, TARGET } from './position.js';
import { Statements } from './statements.js';
import type { SummaryText } from './summaryText.js';
import { Targets } from './targets.js';
import type { TokenReader } from './tokens.js';
import { DML_VERBS } from './vocabulary.js';

/** Knows what a token means where it stands. */
export class Meanings {
  readonly position = new Position();
  readonly statements: Statements;
  readonly targets: Targets;
  storedProcedure: string | undefined = undefined;

  readonly #reader: TokenReader;
  readonly #operands: Operands;
  readonly #clauses: Clauses;
  /** The token before, if it is a word. */
  #previous: Keyword = '';
  #afterWord = false;

  constructor(reader: TokenReader, out: SummaryText) {
    this.#reader = reader;
    this.targets = new Targets(reader, out, this.position);
    this.statements = new Statements(reader, out, this.targets, this.position);
    this.#operands = new Operands(reader, this.position);
    this.#clauses = new Clauses(reader, this.position, this.targets, this.statements);
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
        this.#clauses.onWord(keyword);
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
        this.#clauses.onPipe(keyword);
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
      this.#clauses.onAlias();
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
      this.targets.expect('cte');
    } else if (level.tables) {
      this.targets.expect('source');
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
      statements.blocks.enter();
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
    this.targets.expect(this.#reader.nextCode === OPEN_CODE ? 'source' : 'table');
  }
}
