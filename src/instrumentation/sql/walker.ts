import {
  AT_CODE,
  CLOSE_BRACE_CODE,
  CLOSE_BRACKET_CODE,
  CLOSE_CODE,
  COLON_CODE,
  COMMA_CODE,
  DOLLAR_CODE,
  DOT_CODE,
  GREATER_CODE,
  OPEN_BRACE_CODE,
  OPEN_CODE,
  PIPE_CODE,
  QUESTION_CODE,
  SEMICOLON_CODE,
  STAR_CODE,
} from './characters.js';
import type { Keyword } from './keywords.js';
import { Meanings } from './meanings.js';
import { COMPLETE, OPERAND, PART, PIPE, type Position, STATEMENT } from './position.js';
import type { SummaryText } from './summaryText.js';
import type { TokenReader } from './tokens.js';

/** Walks through the tokens of a text and tells the operations and targets it meets. */
export class Walker {
  readonly #reader: TokenReader;
  readonly #meanings: Meanings;
  readonly #position: Position;

  constructor(reader: TokenReader, out: SummaryText) {
    this.#reader = reader;
    this.#meanings = new Meanings(reader, out);
    this.#position = this.#meanings.position;
  }

  /** The first word of the text. */
  get firstKeyword(): Keyword {
    return this.#meanings.statements.firstKeyword;
  }

  /** What is called, if the text is a CALL. */
  get storedProcedure(): string | undefined {
    return this.#meanings.storedProcedure;
  }

  walk(): void {
    const reader = this.#reader;
    const meanings = this.#meanings;
    const position = this.#position;
    for (reader.next(); reader.kind !== 'end' && !position.done; reader.next()) {
      switch (reader.kind) {
        case 'word':
          meanings.onWord(reader.keyword);
          break;
        case 'name':
          meanings.onName();
          break;
        case 'mark':
          this.#onMark(reader.code);
          break;
        default:
          meanings.onLiteral();
      }
    }
  }

  #onMark(code: number): void {
    switch (code) {
      case OPEN_CODE:
        this.#meanings.open();
        break;
      case CLOSE_CODE:
        this.#meanings.close();
        break;
      case COMMA_CODE:
        this.#meanings.comma();
        break;
      case SEMICOLON_CODE:
        this.#meanings.endStatement();
        break;
      default:
        this.#onOtherMark(code);
    }
  }

  #onOtherMark(code: number): void {
    const position = this.#position;
    if (position.labelled) {
      position.labelled = false;
      return;
    }
    if (position.state === STATEMENT) {
      this.#meanings.statements.onUnknown();
      return;
    }
    this.#meanings.forgetWord();
    switch (code) {
      case DOT_CODE:
      case COLON_CODE:
      case AT_CODE:
      case DOLLAR_CODE:
      case OPEN_BRACE_CODE:
        // A word behind it is no clause: t.from, raw:select, :select, $from.
        position.state = PART;
        break;
      case QUESTION_CODE:
      case CLOSE_BRACKET_CODE:
      case CLOSE_BRACE_CODE:
        position.state = COMPLETE;
        break;
      case STAR_CODE:
        position.state = position.state === COMPLETE ? OPERAND : COMPLETE;
        break;
      case PIPE_CODE:
        this.#onPipe();
        break;
      default:
        position.state = position.levels.current.ignored ? COMPLETE : OPERAND;
    }
  }

  #onPipe(): void {
    const position = this.#position;
    if (this.#reader.adjacentCode !== GREATER_CODE) {
      position.state = OPERAND;
      return;
    }
    this.#reader.next();
    position.levels.current.tables = false;
    position.levels.current.rows = false;
    position.state = PIPE;
  }
}
