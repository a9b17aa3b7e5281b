/** What is known about one level of parentheses. */
export class Level {
  /** A query stands here, so that a FROM is its clause and not an argument as in `EXTRACT(DAY FROM d)`. */
  query = false;
  /** A comma separates tables. */
  tables = false;
  /** A comma separates the rows of VALUES in a FROM clause. */
  rows = false;
  /** A comma separates common table expressions. */
  commonTables = false;
  /** Words say nothing here, but for the prepositions that are waited for. */
  ignored = false;
  /** The arguments of a function. */
  arguments = false;
  /** How many CASE are open. */
  cases = 0;

  reset(): void {
    this.query = false;
    this.tables = false;
    this.rows = false;
    this.commonTables = false;
    this.ignored = false;
    this.arguments = false;
    this.cases = 0;
  }
}

/** The levels of parentheses, the outermost first. They are used again. */
export class Levels {
  current = new Level();
  depth = 0;
  readonly #all: Level[] = [this.current];

  /** A parenthesis opens. @returns the new level */
  open(): Level {
    this.depth++;
    const known = this.#all[this.depth];
    if (known === undefined) {
      this.current = new Level();
      this.#all.push(this.current);
    } else {
      known.reset();
      this.current = known;
    }
    return this.current;
  }

  close(): void {
    if (this.depth > 0) {
      this.depth--;
      this.current = this.#all[this.depth] ?? this.current;
    }
  }

  reset(): void {
    this.depth = 0;
    this.current = this.#all[0] ?? this.current;
    this.current.reset();
  }
}
