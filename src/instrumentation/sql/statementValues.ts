import { BareValues } from './bareValues.js';
import {
  BACKTICK,
  CLOSE_CODE,
  codeAt,
  DOLLAR,
  EQUALS_CODE,
  kindOf,
  QUOTE,
  SEMICOLON_CODE,
  SPACE,
  TYPOGRAPHIC_QUOTE,
} from './characters.js';
import { LOOKAHEAD_ROOM } from './filePaths.js';
import type { Keyword } from './keywords.js';
import { Lookahead } from './lookahead.js';
import { type SanitizedText, WORD } from './output.js';
import { endOfPiecesBehind } from './rawOperands.js';
import { endOfStatement, setForm } from './settings.js';
import { StatementStart } from './statementStart.js';

const NO_STOPS: readonly Keyword[] = [];
/** The longest that makes a word a label: ` : REPEAT`. */
const LABEL_ROOM = 9;

/** Knows which statement is being read, and with it where values stand without quotes. */
export class StatementValues {
  /** Whether no word needs a look: the statement has no values without quotes. */
  idle = false;
  /** Whether the key of a setting is being read. */
  inSetting = false;

  readonly #sql: string;
  readonly #ahead: Lookahead;
  /** Only for statements that may have such values: most have not. */
  #bare: BareValues | undefined = undefined;
  readonly #start: StatementStart;
  #keyStarted = false;
  #tag = false;
  /** What is being read begins like no statement: every word but keywords is a value. */
  #foreign = false;

  /** @param atStart whether a statement begins here */
  constructor(sql: string, atStart: boolean) {
    this.#sql = sql;
    this.#ahead = new Lookahead(sql);
    this.#start = new StatementStart(this.#ahead);
    this.#start.expected = atStart;
  }

  /** Ends the text before a word that would be kept only because of what follows it, if that does not fit. */
  requireRoom(out: SanitizedText, length: number): void {
    if (this.#start.labelled) {
      out.requireRoom(length + LABEL_ROOM);
    } else if (this.#bare?.inList === true) {
      out.requireRoom(length + LOOKAHEAD_ROOM);
    }
  }

  isValue(end: number, keyword: Keyword, before: number): boolean {
    if (this.#start.expected && !this.#foreign) {
      this.#foreign = this.#start.isForeign(keyword, end, before);
    }
    if (this.#foreign) {
      return keyword === '';
    }
    return this.#watching && !this.#start.expected && this.#bare?.isValue(end, keyword, before) === true;
  }

  /** Where the value ends that begins behind the word; -1 if none does. @param before the token before the word */
  behindWord(keyword: Keyword, end: number, before: number): number {
    if (this.#foreign) {
      return -1;
    }
    if (!this.#start.expected) {
      this.#pass(keyword);
      const value = this.#behind(keyword, end, before);
      this.#settle();
      return value;
    }
    if (keyword === 'SELECT') {
      // By far the most frequent, and it has no such values.
      this.#start.expected = false;
      this.idle = !this.#start.script;
      this.#begin(keyword);
      return -1;
    }
    if (!this.#start.take(keyword, end)) {
      return -1;
    }
    this.#begin(keyword);
    const value = keyword === 'SET' ? this.#behindSet(end) : this.#behind(keyword, end, before);
    this.#settle();
    return value;
  }

  /** A name in backticks came. */
  passName(): void {
    this.#bare?.passName();
  }

  /** A value came, or what stands for one. */
  passLiteral(): void {
    this.#bare?.passLiteral();
  }

  behindComma(end: number): number {
    return this.#watching ? (this.#bare?.behindComma(end) ?? -1) : -1;
  }

  behindEquals(end: number): number {
    if (this.#tag) {
      return endOfPiecesBehind(this.#ahead, end, NO_STOPS, !this.#start.script);
    }
    this.#bare?.equals();
    return -1;
  }

  /** A parenthesis, which ends at `end`. @param out the text before it */
  open(out: SanitizedText, end: number): void {
    if (this.#start.expected && !this.#foreign) {
      this.#foreign = !out.beginsStatement && out.last !== WORD;
    }
    if (this.#foreign) {
      return;
    }
    this.#bare ??= new BareValues(this.#ahead);
    this.#bare.open(out.lastKeyword, end);
    this.#settle();
  }

  close(): void {
    this.#bare?.close();
    this.#settle();
  }

  endStatement(): void {
    this.#start.endStatement();
    this.idle = false;
    this.inSetting = false;
    this.#tag = false;
    this.#foreign = false;
    this.#bare?.begin('', this.#start.script);
  }

  /** Whether the key of the setting has ended at this token: the equals sign, or a word that cannot belong to it. */
  endsKey(code: number, spaced: boolean, afterWord: boolean): boolean {
    const first = !this.#keyStarted;
    this.#keyStarted = true;
    if (code === SEMICOLON_CODE) {
      this.inSetting = false;
      return false;
    }
    const kind = kindOf(code);
    const isLiteral = kind === QUOTE || kind === TYPOGRAPHIC_QUOTE || kind === DOLLAR || kind === BACKTICK;
    this.inSetting = code !== EQUALS_CODE && (first || !(spaced || (isLiteral && afterWord)));
    return !this.inSetting;
  }

  /**
   * End of the setting's value: all the rest, since the server reads it so; in a script, to the semicolon. @param depth
   * open parentheses, whose ends at the end of the text do not belong to it
   */
  endOfSetting(start: number, depth: number): number {
    if (this.#start.script) {
      return endOfStatement(this.#sql, start);
    }
    let end = this.#sql.length;
    let open = depth;
    for (let i = end - 1; i >= start && open > 0; i--) {
      const code = codeAt(this.#sql, i);
      if (code === CLOSE_CODE) {
        end = i;
        open--;
      } else if (code !== SEMICOLON_CODE && kindOf(code) !== SPACE) {
        break;
      }
    }
    return end;
  }

  get #watching(): boolean {
    return this.#bare?.watching === true;
  }

  #begin(keyword: Keyword): void {
    this.#tag = false;
    if (this.#bare === undefined && keyword !== 'SELECT' && BareValues.watches(keyword)) {
      this.#bare = new BareValues(this.#ahead);
    }
    this.#bare?.begin(keyword, this.#start.script);
  }

  #behind(keyword: Keyword, end: number, before: number): number {
    return this.#watching ? (this.#bare?.behindWord(keyword, end, before) ?? -1) : -1;
  }

  #behindSet(setEnd: number): number {
    if (this.#bare !== undefined) {
      this.#bare.watching = false;
    }
    switch (setForm(this.#ahead, setEnd, this.#start.script)) {
      case 'setting':
        this.inSetting = true;
        this.#keyStarted = false;
        return -1;
      case 'tag':
        this.#tag = true;
        return -1;
      case 'bare':
        return this.#watchSet(setEnd);
      default:
        return -1;
    }
  }

  #watchSet(end: number): number {
    if (this.#bare !== undefined) {
      this.#bare.watching = true;
    }
    return this.#behind('SET', end, 0);
  }

  #pass(keyword: Keyword): void {
    if (keyword === 'BEGIN' && this.#bare?.bodyFollows === true) {
      this.#start.enterBody();
    } else {
      this.#start.pass(keyword);
    }
  }

  #settle(): void {
    this.idle = !this.#watching && !this.#start.script && !this.#start.expected && !this.#tag;
  }
}
