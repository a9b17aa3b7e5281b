/** In the literals and comments of every generated statement, and nowhere else. */
export const SECRET_WORD = 'zqx';
export const SECRET_NUMBER = '7318';

/** What can make a scanner lose its way when it stands in a literal. */
const TRAPS = [
  ' -- ',
  '/*',
  '*/',
  '`',
  ';',
  ')',
  '(',
  ', ',
  '\n',
  '?',
  ':p',
  '$',
  '😀',
  'é',
  ' IN (',
  '--\\',
  '{{',
  '‘',
];
const NAMES = [
  'orders',
  'main.sales.t',
  '`a-b`.`c``d`',
  'größe',
  '_x1',
  't.`first name`',
  'schema_2.v3',
  'ｘ',
];
const MARKERS = ['?', ':name', '$param', '{{ widget }}', ':a.b', 'col:field', `col:['${SECRET_WORD}']`];
const OPERATORS = [
  '=',
  '<>',
  '<=>',
  '||',
  '+',
  '-',
  '*',
  '/',
  '->',
  '=>',
  '::',
  '%',
  'AND',
  'OR',
  'LIKE',
  'IS NOT',
];
const FUNCTIONS = ['count', 'coalesce', 'named_struct', 'date_add', 'array', 'f'];
const DEPTH = 2;

/** A statement of Databricks SQL that is put together from `seed`; the same for the same seed. */
export function statementOf(seed: number): string {
  return new Generator(seed).statement();
}

class Generator {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  statement(): string {
    const text = this.pick<() => string>([
      () => this.select(DEPTH),
      () => this.select(DEPTH),
      () => `INSERT INTO ${this.name()} VALUES ${this.rows()}`,
      () => `UPDATE ${this.name()} SET a = ${this.expression(DEPTH)} WHERE ${this.expression(DEPTH)}`,
      () => `DELETE FROM ${this.name()}${this.gap()}WHERE ${this.expression(DEPTH)}`,
      () =>
        `MERGE INTO ${this.name()} USING (${this.select(1)}) ON ${this.expression(1)} WHEN MATCHED THEN DELETE`,
      () =>
        `COPY INTO ${this.name()} FROM ${this.text()} FILEFORMAT = CSV FILES = (${this.text()},${this.text()})`,
      () => `CREATE TABLE ${this.name()} (a INT COMMENT${this.gap()}${this.text()}) LOCATION ${this.text()}`,
      () => `CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS ${this.dollarQuoted()}`,
      () => `BEGIN SET v = ${this.expression(2)}; ${this.select(1)}; END`,
      () => `SET a.b.c = ${SECRET_WORD}+/${SECRET_NUMBER}==`,
      () => `EXECUTE IMMEDIATE ${this.text()} USING ${this.literal()}`,
      () => `SELECT * FROM ${this.name()}@v${SECRET_NUMBER}, delta.\`/mnt/${SECRET_WORD}\``,
    ])();
    return this.comment() + text + this.ending();
  }

  private select(depth: number): string {
    const from = depth > 0 && this.chance(4) ? `(${this.select(depth - 1)})` : this.name();
    const items = this.list(() => this.expression(depth), 4);
    return `SELECT${this.gap()}${items} FROM${this.gap()}${from} WHERE ${this.expression(depth)}${this.gap()}`;
  }

  private expression(depth: number): string {
    if (depth === 0) return this.operand();
    return this.pick<() => string>([
      () => this.operand(),
      () => `${this.operand()} ${this.pick(OPERATORS)} ${this.expression(depth - 1)}`,
      () => `${this.operand()}=${this.literal()}`,
      () => `${this.pick(FUNCTIONS)}(${this.list(() => this.expression(depth - 1), 3)})`,
      () => `(${this.expression(depth - 1)})`,
      () => `${this.name()} IN (${this.list(() => this.literal(), 6)})`,
      () => `${this.name()} IN${this.gap()}(${this.list(() => this.expression(depth - 1), 3)})`,
      () => `${this.name()} IN (${this.select(depth - 1)})`,
      () => `xs[${this.literal()}]`,
      () => `CASE WHEN ${this.operand()} THEN ${this.literal()} ELSE ${this.literal()} END`,
    ])();
  }

  private operand(): string {
    return this.pick<() => string>([() => this.name(), () => this.pick(MARKERS), () => this.literal()])();
  }

  private rows(): string {
    return this.list(() => `(${this.list(() => this.expression(1), 3)})`, 5);
  }

  private literal(): string {
    return this.pick<() => string>([
      () => this.text(),
      () => this.text(),
      () => this.number(),
      () => this.number(),
      () => `${this.pick(['DATE', 'TIMESTAMP', 'INTERVAL', 'date '])}${this.quoted("'")}`,
      () => this.dollarQuoted(),
      () => this.pick(['TRUE', 'false', 'NULL']),
      () => `‘${SECRET_WORD} ${SECRET_NUMBER}’`,
    ])();
  }

  private text(): string {
    return this.pick<() => string>([
      () => this.quoted("'"),
      () => this.quoted('"'),
      () => `${this.quoted("'")}${this.pick(['', ' ', '\n'])}${this.quoted('"')}`,
      () => `${this.pick(['r', 'R'])}'${this.secret().replaceAll("'", '')}\\'`,
      () => `r"${this.secret().replaceAll('"', '')}"`,
      () => `${this.pick(['x', 'X'])}'${SECRET_NUMBER}AB'`,
    ])();
  }

  private quoted(quote: string): string {
    const escaped = this.pick([`${quote}${quote}`, `\\${quote}`]);
    const inner = this.secret().replaceAll('\\', '\\\\').replaceAll(quote, escaped);
    return quote + inner + quote;
  }

  private dollarQuoted(): string {
    const tag = this.pick(['$$', '$py$', '$body$']);
    return `${tag} ${this.secret().replaceAll('$', '')} ${tag}`;
  }

  private number(): string {
    const form = this.pick([
      'N',
      'N.N',
      '.N',
      'N.',
      'NeN',
      'N.NE-N',
      'Ne+NBD',
      'NL',
      'NS',
      'N.0F',
      'NBD',
      '0xN',
      'N_N',
      '-N',
      '+ N',
    ]);
    return form.replaceAll('N', SECRET_NUMBER);
  }

  private secret(): string {
    const trap = () => this.pick([...TRAPS, "'", '"', '\\']);
    return `${trap()}${SECRET_WORD}${trap()}${SECRET_NUMBER}${trap()}`;
  }

  private comment(): string {
    return this.pick([
      '',
      ' ',
      `-- ${SECRET_WORD}'"\`\n`,
      `-- ${SECRET_WORD} \\\n${SECRET_WORD}\r\n`,
      `/* ${SECRET_WORD} /* ' */ ${SECRET_NUMBER} */`,
      `/*+ HINT(${SECRET_WORD}, '*/ ${SECRET_WORD}') */`,
    ]);
  }

  private gap(): string {
    return ` ${this.comment()} `;
  }

  private ending(): string {
    return this.pick([
      '',
      '',
      '',
      ';',
      ' ',
      ` '${SECRET_WORD}`,
      ` "${SECRET_WORD}\\"`,
      ` /* ${SECRET_WORD}`,
      ` \`${SECRET_WORD}`,
    ]);
  }

  private name(): string {
    return this.pick(NAMES);
  }

  private list(item: () => string, most: number): string {
    const count = 1 + this.next(most);
    return Array.from({ length: count }, item).join(this.pick([',', ', ', ' ,\n']));
  }

  private chance(oneIn: number): boolean {
    return this.next(oneIn) === 0;
  }

  private pick<T>(choices: readonly T[]): T {
    const choice = choices[this.next(choices.length)];
    if (choice === undefined) throw new Error('nothing to pick from');
    return choice;
  }

  /** A pseudo-random number below `limit`, from a linear congruential generator. */
  private next(limit: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }
}
