import {
  CLOSE,
  COLON_CODE,
  COMMA,
  DOT,
  kindOf,
  OPEN_BRACE_CODE,
  OPEN_CODE,
  OTHER,
  PIPE_CODE,
  QUESTION_CODE,
  SEMICOLON_CODE,
  SLASH,
  STAR_CODE,
} from './characters.js';
import type { Keyword } from './keywords.js';
import { COMPLETE, OPEN, OPERAND, type Position } from './position.js';
import type { TokenReader } from './tokens.js';
import { BEHIND_OPERAND, BEHIND_TABLE } from './vocabulary.js';

/** Tells keywords from columns of the same name, where an operand stands. */
export class Operands {
  readonly #reader: TokenReader;
  readonly #position: Position;

  constructor(reader: TokenReader, position: Position) {
    this.#reader = reader;
    this.#position = position;
  }

  /** Whether the word begins a query: `(from)` and `(select, x)` are columns. */
  beginsQuery(keyword: Keyword): boolean {
    const isOpen = this.#position.state === OPEN;
    switch (keyword) {
      case 'SELECT':
        return !isOpen || (this.#beginsOperand && !this.#isOperator);
      case 'VALUES':
        return !isOpen || (this.#beginsOperand && !BEHIND_OPERAND.has(this.#reader.nextKeyword));
      case 'FROM':
      case 'TABLE':
        return isOpen ? this.isTableArgument : this.#tableFollows;
      case 'WITH':
        return this.#reader.nextIsName && !BEHIND_OPERAND.has(this.#reader.nextKeyword);
      default:
        return false;
    }
  }

  /** Whether a table follows, or a parenthesis with one. */
  get isTableArgument(): boolean {
    const { nextKeyword, codeBehindNext } = this.#reader;
    if (!this.#tableFollows || !BEHIND_OPERAND.has(nextKeyword)) {
      return this.#tableFollows;
    }
    // A table that is called like an operator: `(FROM from |> …)`, but not `extract(from FROM t)`.
    const ahead = this.#reader.keywordAhead(1);
    const kind = kindOf(codeBehindNext);
    return (
      ahead === 'AS' ||
      codeBehindNext === PIPE_CODE ||
      (nextKeyword === 'FROM' && (BEHIND_TABLE.has(ahead) || kind === CLOSE || kind === COMMA))
    );
  }

  get #tableFollows(): boolean {
    return this.#reader.nextIsName || this.#reader.nextCode === OPEN_CODE;
  }

  /** What comes behind a word where an operand is expected. */
  stateBehind(keyword: Keyword, previous: Keyword): number {
    const { state, levels } = this.#position;
    switch (keyword) {
      case 'NOT':
        return this.#reader.nextIsName ? OPERAND : COMPLETE;
      case 'DISTINCT':
      case 'ALL':
        return (previous === 'SELECT' || state === OPEN) && this.#beginsOperand ? OPERAND : COMPLETE;
      case 'CASE':
        if (!this.#beginsCase) {
          return COMPLETE;
        }
        levels.current.cases++;
        return OPERAND;
      case 'WHEN':
        return previous === 'CASE' ? OPERAND : COMPLETE;
      case 'WHERE':
        return state === OPEN && this.isTableArgument ? OPERAND : COMPLETE;
      default:
        return COMPLETE;
    }
  }

  /** Whether the next word is an operator, and not a column of that name. */
  get #isOperator(): boolean {
    const { nextKeyword, codeBehindNext } = this.#reader;
    return (
      BEHIND_OPERAND.has(nextKeyword) &&
      kindOf(codeBehindNext) !== COMMA &&
      this.#reader.keywordAhead(1) !== 'FROM'
    );
  }

  get #beginsCase(): boolean {
    const { nextKeyword } = this.#reader;
    return (
      this.#beginsOperand && (!BEHIND_OPERAND.has(nextKeyword) || this.#reader.keywordAhead(1) === 'WHEN')
    );
  }

  /** Whether an operand comes next, rather than an operator or the end. */
  get #beginsOperand(): boolean {
    const { nextCode } = this.#reader;
    switch (kindOf(nextCode)) {
      case CLOSE:
      case COMMA:
      case DOT:
      case SLASH:
        return false;
      case OTHER:
        return (
          nextCode === STAR_CODE ||
          nextCode === QUESTION_CODE ||
          nextCode === COLON_CODE ||
          nextCode === OPEN_BRACE_CODE
        );
      default:
        return nextCode !== SEMICOLON_CODE;
    }
  }
}
