import { type StatementSummary, sanitizeSql, summarizeSql } from './sql/index.js';

/** Text that is kept, with what was made of it: bytes, at two for each character. */
const MAX_BYTES = 262_144;
/** Longer statements are read anew each time. Characters. */
const MAX_LENGTH = 8_192;
const BYTES_PER_CHARACTER = 2;
/** What nobody has asked for all this time is forgotten. Milliseconds. */
const IDLE_MS = 600_000;

/** What the text of a statement says. */
export class KnownStatement {
  readonly summary: StatementSummary;
  readonly #sql: string;
  #sanitized: string | undefined = undefined;
  #sanitizedFor = 0;

  constructor(sql: string) {
    this.#sql = sql;
    this.summary = summarizeSql(sql);
  }

  /** @see sanitizeSql */
  sanitized(maxLength: number): string {
    if (this.#sanitized === undefined || this.#sanitizedFor !== maxLength) {
      this.#sanitized = sanitizeSql(this.#sql, maxLength);
      this.#sanitizedFor = maxLength;
    }
    return this.#sanitized;
  }
}

/**
 * The statements that came last, the first in being the first out. Most applications repeat a few, and to read
 * their text anew each time would be the largest part of what a short query costs.
 */
export class KnownStatements {
  readonly #bySql = new Map<string, KnownStatement>();
  #bytes = 0;
  #isInUse = false;
  #timer: NodeJS.Timeout | undefined = undefined;

  /** Bytes of text that are kept, at most. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param keep false: nothing of the text is kept */
  get(sql: string, keep: boolean): KnownStatement {
    this.#isInUse = true;
    return this.#bySql.get(sql) ?? (keep ? this.#add(sql) : new KnownStatement(sql));
  }

  /** Forgets all of them. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bySql.clear();
    this.#bytes = 0;
  }

  #add(sql: string): KnownStatement {
    if (sql.length > MAX_LENGTH) {
      return new KnownStatement(sql);
    }
    // A text of its own: it may be a piece of a larger one, which would be kept with it.
    const own = ` ${sql}`.slice(1);
    const statement = new KnownStatement(own);
    this.#bytes += bytesFor(own);
    this.#bySql.set(own, statement);
    for (const oldest of this.#bySql.keys()) {
      if (this.#bytes <= MAX_BYTES) {
        break;
      }
      this.#bySql.delete(oldest);
      this.#bytes -= bytesFor(oldest);
    }
    this.#timer ??= this.#schedule();
    return statement;
  }

  #schedule(): NodeJS.Timeout {
    this.#isInUse = false;
    return setTimeout(() => {
      if (this.#isInUse) {
        this.#timer = this.#schedule();
      } else {
        this.clear();
      }
    }, IDLE_MS).unref();
  }
}

/** Of the text, its sanitized form and its summary, none of which is longer than the text. */
function bytesFor(sql: string): number {
  return 3 * BYTES_PER_CHARACTER * sql.length;
}
