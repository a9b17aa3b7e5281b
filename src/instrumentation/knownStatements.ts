import { type StatementSummary, sanitizeSql, summarizeSql } from './sql/index.js';

/** So many statements are known, of so many characters: an application that repeats none keeps no more. */
const MAX_STATEMENTS = 100;
const MAX_LENGTH = 8_192;

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
 * The statements that came last. Most applications repeat a few, and to read their text anew each time would
 * be the largest part of what a short query costs.
 */
export class KnownStatements {
  readonly #bySql = new Map<string, KnownStatement>();

  get(sql: string): KnownStatement {
    return this.#bySql.get(sql) ?? this.#add(sql);
  }

  #add(sql: string): KnownStatement {
    if (sql.length > MAX_LENGTH) {
      return new KnownStatement(sql);
    }
    // A text of its own: it may be a piece of a larger one, which would be kept with it.
    const own = ` ${sql}`.slice(1);
    const statement = new KnownStatement(own);
    if (this.#bySql.size >= MAX_STATEMENTS) {
      this.#forgetOldest();
    }
    this.#bySql.set(own, statement);
    return statement;
  }

  #forgetOldest(): void {
    for (const sql of this.#bySql.keys()) {
      this.#bySql.delete(sql);
      return;
    }
  }
}
