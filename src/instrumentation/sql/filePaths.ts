import { BACKTICK_CODE, CLOSE, COMMA, codeAt, DOT_CODE, END, kindOf, SPACE } from './characters.js';
import { keywords } from './keywords.js';
import type { SanitizedText } from './output.js';
import { isFileFormat } from './paths.js';

/** Behind these a slash begins a path, and a file format before a dot is no alias. */
const BEFORE_SOURCE = keywords(
  'FROM JOIN INTO TABLE UPDATE USING OVERWRITE VACUUM OPTIMIZE DETAIL HISTORY DESCRIBE DESC DELTA CLONE STREAM',
);
/** So much room a word needs that is kept only because of what follows it: without, the text ends before it. */
export const LOOKAHEAD_ROOM = 2;

const SHORTEST_FORMAT = 3;

/** Follows the parts of a name: what comes behind a file format and a dot is a path. */
export class FilePaths {
  readonly #sql: string;
  readonly #out: SanitizedText;
  /** How many dots the name has so far. */
  #dots = 0;
  #inPath = false;

  constructor(sql: string, out: SanitizedText) {
    this.#sql = sql;
    this.#out = out;
  }

  /** A dot comes, directly behind a name if `inName`. Call it before the dot is written. */
  dot(inName: boolean): void {
    const goesOn = this.#out.beforeLast === DOT_CODE;
    this.#inPath &&= goesOn;
    this.#dots = inName || this.#inPath ? (goesOn ? this.#dots : 0) + 1 : 0;
  }

  /** Whether the word that ends at `end`, behind a dot, belongs to a path: `FROM csv.jane`, not `csv.a.b`. */
  takesWord(end: number): boolean {
    this.#inPath = this.#dots > 0 && (this.#inPath || this.#isUnquoted(end));
    return this.#inPath;
  }

  /** Whether a name in backticks, behind a dot, belongs to a path. */
  takesName(): boolean {
    const { wordStart, wordEnd } = this.#out;
    this.#inPath =
      this.#dots > 0 && (this.#inPath || (this.#dots === 1 && isFileFormat(this.#sql, wordStart, wordEnd)));
    return this.#inPath;
  }

  /** Whether the slash at `i` begins a path: where an operand should be, it is no operator. */
  beginsWithSlash(i: number): boolean {
    const mayBePath = !this.#out.endsWithOperand() || BEFORE_SOURCE.has(this.#out.lastKeyword);
    return mayBePath && pathMayGoOn(codeAt(this.#sql, i + 1));
  }

  #isUnquoted(end: number): boolean {
    const { wordStart, wordEnd } = this.#out;
    // The cheap questions first: this is asked of every name with a dot.
    if (this.#dots !== 1 || wordEnd - wordStart < SHORTEST_FORMAT) {
      return false;
    }
    const quoted = codeAt(this.#sql, wordStart) === BACKTICK_CODE;
    if (!(quoted || this.#out.followsWord) || !isFileFormat(this.#sql, wordStart, wordEnd)) {
      return false;
    }
    if (!(quoted || BEFORE_SOURCE.has(this.#out.keywordBefore))) {
      return false;
    }
    if (codeAt(this.#sql, end) === DOT_CODE) {
      this.#out.requireRoom(end - wordEnd + LOOKAHEAD_ROOM);
      return false;
    }
    return true;
  }
}

/** Whether a path may have this character behind a slash. None that comes there when white space is dropped. */
function pathMayGoOn(code: number): boolean {
  const kind = kindOf(code);
  return kind !== SPACE && kind !== CLOSE && kind !== COMMA && code !== END;
}
