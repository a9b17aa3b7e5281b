import { Random } from './random.js';

/** In every value, and nowhere else. */
export const MARK = 'zqx';

const TABLES = [
  ...[
    'orders',
    'main.sales.t',
    '`my table`',
    'temp',
    'if',
    'sync',
    'global',
    'table',
    'stream',
    'only',
    'local',
  ],
  ...[
    'directory',
    'compute',
    'set',
    'select',
    'from',
    'where',
    'values',
    'lateral',
    'history',
    'view',
    'using',
    'on',
  ],
  ...[
    'join',
    'into',
    'update',
    'main.from',
    'select.table',
    's.`group`',
    'users',
    'show',
    'to',
    'as',
    'tag',
    'begin',
  ],
];
const COLUMNS = [
  ...[
    'a',
    'b',
    'id',
    'from',
    'to',
    'select',
    'join',
    'where',
    'group',
    'order',
    'union',
    'table',
    'values',
    'into',
  ],
  ...[
    'set',
    'using',
    'on',
    'insert',
    'update',
    'delete',
    'merge',
    'begin',
    'end',
    'limit',
    'with',
    'lateral',
    'then',
  ],
  ...[
    't.from',
    't.select',
    't.join',
    'raw:from',
    'raw:a.select',
    't.`union`',
    'show',
    'grant',
    'user',
    'call',
  ],
];
const ALIASES = ['x', 'y', 'from', 'select', 'where', 'set', 'table', 'values', 'group'];
const FORMATS = [
  'csv',
  'json',
  'Parquet',
  'delta',
  'text',
  'ORC',
  'avro',
  'xml',
  'iceberg',
  'binaryFile',
  '`csv`',
];
const PATHS = [
  'M',
  'a/M.csv',
  './M',
  '~/M',
  'M*.x',
  ' /mnt/M',
  'C:\\M',
  's3://b/M?sig=M',
  'M@v1',
  'a b M',
  'M;M',
];
const KEYS = ['k', 'a.b', 'hivevar:k', 'spark.sql.k', '`a.k`', 'fs.azure.account.key.k', 'from', 'to_k'];
const SETTINGS = [
  'M',
  'a;b=M',
  '`M`',
  "M'",
  '(M)',
  'M -- M',
  '"M" M',
  'M=M',
  '/M M',
  'x M; SELECT M FROM M',
  '{{secrets/M/M}}',
];
const PRINCIPALS = ['M', '`M@x.y`', '`M M`', '`d-M`', 'M@x.y', 'M.M', "'M'", '"M"'];
const LITERALS = [
  "'M'",
  '"M"',
  "r'M'",
  '«M»',
  '´M´',
  '＇M＇',
  "'it''s M'",
  '/* M */ 1',
  "DATE'M'",
  '$$ M $$',
  "'M' 'M'",
];
const OBJECTS = ['s', 'a.b', 'catalog', 'schema', 'from', 'view', '`a b`'];

/** A statement that has values everywhere the grammar allows, and what its summary shall be. */
export interface PlacedStatement {
  readonly sql: string;
  readonly summary: string;
}

/** A statement that is put together from `seed`; the same for the same seed. */
export function placedStatementOf(seed: number): PlacedStatement {
  return new PlaceGenerator(new Random(seed)).statement();
}

class PlaceGenerator {
  readonly #random: Random;
  /** Operations and targets in the order in which they are written. */
  readonly #parts: string[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  statement(): PlacedStatement {
    const sql = this.#pick<() => string>([
      () => this.#select(2),
      () => this.#select(2),
      () => this.#manipulation(),
      () => this.#manipulation(),
      () => this.#definition(),
      () => this.#definition(),
      () => this.#security(),
      () => this.#session(),
      () => this.#files(),
      () => this.#utility(),
      () => this.#script(),
    ])();
    return { sql: this.#chance(8) ? `/* ${MARK} */ ${sql} -- ${MARK}` : sql, summary: this.#parts.join(' ') };
  }

  #select(depth: number): string {
    if (this.#chance(6)) {
      return `${this.#op('FROM')} ${this.#source(depth)} |> WHERE ${this.#condition(depth)} |> EXTEND ${this.#operand()} AS ${this.#alias()}`;
    }
    const verb = this.#op('SELECT') + (this.#chance(9) ? ' DISTINCT' : '');
    const list = this.#chance(3) ? '*' : `${this.#column()}, ${this.#expression(depth)} AS ${this.#alias()}`;
    const query = `${verb} ${list} FROM ${this.#sources(depth)}`;
    const end = this.#pick<() => string>([
      () => '',
      () => ` WHERE ${this.#condition(depth)}`,
      () => ` WHERE ${this.#condition(depth)} ORDER BY ${this.#column()}, ${this.#column()} LIMIT 7`,
      () => ` GROUP BY ${this.#column()} HAVING ${this.#condition(0)}`,
      () => (depth > 0 ? ` UNION ALL ${this.#select(depth - 1)}` : ''),
    ])();
    return query + end;
  }

  #sources(depth: number): string {
    const first = this.#source(depth);
    return this.#pick<() => string>([
      () => first,
      () => first,
      () => `${first}, ${this.#source(depth)}`,
      () => `${first} JOIN ${this.#source(depth)} ON ${this.#operand()} = ${this.#column()}`,
      () => `${first} LEFT JOIN ${this.#source(depth)} USING (${this.#column('a')})`,
    ])();
  }

  #source(depth: number): string {
    const alias = () => ` AS ${this.#alias()}`;
    return this.#pick<() => string>([
      () => `${this.#table()}${alias()}`,
      () => `${this.#table()}${alias()}`,
      () => `${this.#file()}${alias()}`,
      () => `read_files(${this.#literal()}, ${this.#column('format')} => ${this.#literal()})${alias()}`,
      () => `VALUES (${this.#literal()}), (${this.#literal()})${alias()}`,
      () => `STREAM ${this.#named('orders', 's.t', '`a b`')}${alias()}`,
      () => (depth > 0 ? `(${this.#select(depth - 1)})${alias()}` : `${this.#table()}${alias()}`),
    ])();
  }

  #condition(depth: number): string {
    return this.#pick<() => string>([
      () => `${this.#column()} = ${this.#literal()}`,
      () => `${this.#column()} IN (${this.#literal()}, ${this.#literal()}) AND ${this.#column()} IS NOT NULL`,
      () => `(${this.#column()} = ${this.#literal()} OR ${this.#column()} > ${this.#column()})`,
      () => `NOT ${this.#column()} LIKE ${this.#literal()}`,
      () => `${this.#column()} IS DISTINCT FROM ${this.#column()}`,
      () => `f(${this.#column()}, ${this.#literal()}) < ${this.#operand()}`,
      () =>
        `CASE WHEN ${this.#column()} = 1 THEN ${this.#column()} ELSE ${this.#literal()} END = ${this.#column()}`,
      () => (depth > 0 ? `EXISTS (${this.#select(depth - 1)})` : `${this.#column()} = 1`),
      () => (depth > 0 ? `${this.#column()} IN (${this.#select(depth - 1)})` : `${this.#column()} = 1`),
    ])();
  }

  #expression(depth: number): string {
    return this.#pick<() => string>([
      () => this.#operand(),
      () => `${this.#operand()} + ${this.#operand()}`,
      () => `count(DISTINCT ${this.#column()})`,
      () => `extract(DAY FROM ${this.#column()})`,
      () => `transform(xs, x -> x + ${this.#column()})`,
      () => (depth > 0 ? `(${this.#select(depth - 1)})` : this.#operand()),
    ])();
  }

  #manipulation(): string {
    return this.#pick<() => string>([
      () =>
        `${this.#op('INSERT')} INTO TABLE ${this.#named('orders', 'from', '`a b`')} (${this.#column('a')}) VALUES (${this.#literal()})`,
      () => `${this.#op('INSERT')} INTO ${this.#table()} BY NAME ${this.#select(1)}`,
      () =>
        `${this.#op('INSERT')} INTO ${this.#table()} PARTITION (day = ${this.#value()}) ${this.#select(0)}`,
      () =>
        `${this.#op('INSERT')} OVERWRITE DIRECTORY ${this.#literal()} USING csv OPTIONS (k ${this.#value()}) ${this.#select(0)}`,
      () => `${this.#op('INSERT')} INTO ${this.#file()} VALUES (${this.#literal()})`,
      () =>
        `${this.#op('UPDATE')} ${this.#table()} SET ${this.#column()} = ${this.#literal()} WHERE ${this.#condition(1)}`,
      () => `${this.#op('DELETE')} FROM ${this.#table()} WHERE ${this.#condition(1)}`,
      () => `${this.#op('DELETE')} FROM ${this.#file()} WHERE ${this.#condition(0)}`,
      () =>
        `${this.#op('MERGE')} INTO ${this.#table()} AS x USING ${this.#table()} AS y ON ${this.#condition(0)} WHEN MATCHED THEN UPDATE SET ${this.#column()} = ${this.#literal()} WHEN NOT MATCHED THEN INSERT (a) VALUES (${this.#literal()})`,
      () =>
        `${this.#op('MERGE')} INTO ${this.#file()} x USING (${this.#select(1)}) AS y ON ${this.#condition(0)} WHEN MATCHED THEN DELETE`,
      () =>
        `${this.#op('COPY INTO')} ${this.#named('orders', 's.t')} FROM ${this.#path()} WITH (CREDENTIAL (KEY = ${this.#value()})) FILEFORMAT = CSV FORMAT_OPTIONS (k = ${this.#value()})`,
      () => `${this.#op('LOAD DATA')} INPATH ${this.#path()} INTO TABLE ${this.#table()}`,
      () =>
        `FROM ${this.#opBefore('FROM', () => this.#table())} INSERT INTO ${this.#opBefore('INSERT', () => this.#table())} SELECT ${this.#opBefore('SELECT', () => this.#column())}`,
    ])();
  }

  #definition(): string {
    return this.#pick<() => string>([
      () =>
        `${this.#op('CREATE TABLE')} ${this.#table()} (from STRING COMMENT ${this.#literal()}, select INT) LOCATION ${this.#path()} TBLPROPERTIES (k.a = ${this.#value()})`,
      () =>
        `CREATE OR REPLACE TABLE ${this.#opBefore('CREATE TABLE', () => this.#table())} AS ${this.#select(1)}`,
      () =>
        `CREATE TABLE IF NOT EXISTS ${this.#opBefore('CREATE TABLE', () => this.#table())} SHALLOW CLONE ${this.#file()}`,
      () => `${this.#op('CREATE TABLE')} ${this.#file()} (a INT)`,
      () =>
        `${this.#op('CREATE VIEW')} ${this.#table()} (a COMMENT ${this.#literal()}) AS ${this.#select(1)}`,
      () => `${this.#op('ALTER TABLE')} ${this.#table()} SET TAGS (k = ${this.#value()})`,
      () => `${this.#op('ALTER TABLE')} ${this.#table()} SET LOCATION ${this.#path()}`,
      () => `${this.#op('DROP TABLE')} IF EXISTS ${this.#table()}`,
      () =>
        `${this.#op('CREATE CONNECTION')} ${this.#object()} TYPE x OPTIONS (host ${this.#value()}, user = ${this.#value()}, password ${this.#value()})`,
      () =>
        `${this.#op('CREATE EXTERNAL LOCATION')} ${this.#object()} URL ${this.#path()} WITH (STORAGE CREDENTIAL c)`,
      () =>
        `${this.#op('CREATE FUNCTION')} f(from INT)${this.#part('f')} RETURNS INT LANGUAGE PYTHON AS $$ ${MARK} $$`,
      () => `${this.#op('COMMENT ON TABLE')} ${this.#table()} IS ${this.#literal()}`,
      () =>
        `SET TAG ON TABLE ${this.#opBefore('SET TAG ON TABLE', () => this.#table())} k = ${this.#value()}`,
    ])();
  }

  #security(): string {
    const principal = () => this.#marked(PRINCIPALS);
    const privileges = this.#pick([
      'SELECT',
      'ALL PRIVILEGES',
      'SELECT, MODIFY',
      'USE SCHEMA',
      'SELECT (from, to)',
    ]);
    const prefix = this.#pick(['', '', 'USER ', 'GROUP ', 'RECIPIENT ']);
    return this.#pick<() => string>([
      () =>
        `GRANT ${privileges} ON TABLE ${this.#opBefore('GRANT', () => this.#table())} TO ${prefix}${principal()}`,
      () =>
        `GRANT ${privileges} ON SCHEMA ${this.#opBefore('GRANT', () => this.#object())} TO ${principal()}, ${principal()}`,
      () =>
        `REVOKE ${privileges} ON TABLE ${this.#opBefore('REVOKE', () => this.#table())} FROM ${prefix}${principal()}`,
      () =>
        `DENY ${privileges} ON ${this.#opBefore('DENY', () => this.#named('orders', 's.t'))} TO ${principal()}`,
      () => `${this.#op('ALTER TABLE')} ${this.#table()} OWNER TO ${principal()}`,
      () => `${this.#op('ALTER SCHEMA')} ${this.#object()} SET OWNER TO ${principal()}`,
      () => `SHOW GRANTS ${principal()} ON TABLE ${this.#opBefore('SHOW GRANTS', () => this.#table())}`,
      () => `${this.#op('ALTER GROUP')} ${principal()} ADD USER ${principal()}, ${principal()}`,
      () => `${this.#op('CREATE USER')} ${principal()}`,
      () => `${this.#op('DROP USER')} IF EXISTS ${principal()}`,
      () => `${this.#op('CREATE RECIPIENT')} IF NOT EXISTS ${principal()} PROPERTIES (k = ${this.#value()})`,
      () => `${this.#op('ALTER RECIPIENT')} ${principal()} RENAME TO ${principal()}`,
      () =>
        `${this.#op('SYNC SCHEMA')} ${this.#object()} FROM ${this.#object()} SET OWNER ${principal()} DRY RUN`,
    ])();
  }

  #session(): string {
    const setting = () =>
      `${this.#op('SET')} ${this.#pick(KEYS)}${this.#pick(['=', ' = ', ' =\n'])}${this.#marked(SETTINGS)}`;
    return this.#pick<() => string>([
      setting,
      setting,
      () => `(${setting()})`,
      () => `${this.#op('EXPLAIN')} ${this.#pick(['', 'EXTENDED '])}${setting()}`,
      () => `${this.#op('SET')} VAR ${this.#column('from')} = ${this.#literal()}`,
      () => `${this.#op('SET')} TIME ZONE ${this.#pick(['A/', ''])}${MARK}`,
      () => `${this.#op('DECLARE')} OR REPLACE VARIABLE x STRING DEFAULT ${this.#literal()}`,
      () => `${this.#op('EXECUTE IMMEDIATE')} ${this.#literal()} USING ${this.#literal()}`,
      () => `${this.#op('CALL')} ${this.#object()}(${this.#literal()}, from => ${this.#literal()})`,
      () => `${this.#op('USE CATALOG')} ${this.#object()}`,
    ])();
  }

  #files(): string {
    const path = () => `/home/${MARK} ${MARK}/*.x`;
    return this.#pick<() => string>([
      () => `${this.#op('PUT')} ${path()} INTO ${path()} OVERWRITE`,
      () => `${this.#op('GET')} ${this.#literal()} TO ${path()}`,
      () => `${this.#op('REMOVE')} ${path()}`,
      () => `${this.#op('LIST')} ${path()} WITH (CREDENTIAL c) LIMIT 7`,
      () => `${this.#op('LIST')} FILE ${path()}`,
      () => `${this.#op('ADD')} ${this.#pick(['JAR', 'FILE', 'ARCHIVE'])} ${path()}`,
      () => `${this.#op('REFRESH')} ${path()}`,
    ])();
  }

  #utility(): string {
    const table = () => (this.#chance(3) ? this.#file() : this.#table());
    return this.#pick<() => string>([
      () =>
        `${this.#op('OPTIMIZE')} ${table()} WHERE ${this.#column()} = ${this.#literal()} ZORDER BY (${this.#column('from')})`,
      () => `${this.#op('VACUUM')} ${table()} RETAIN 7 HOURS`,
      () => `${this.#op('RESTORE TABLE')} ${table()} TO TIMESTAMP AS OF ${this.#literal()}`,
      () => `${this.#op('DESCRIBE HISTORY')} ${table()}`,
      () => `${this.#op('CONVERT TO DELTA')} ${this.#file()}`,
      () => `${this.#op('ANALYZE TABLE')} ${table()} COMPUTE STATISTICS`,
      () => `${this.#op('TRUNCATE TABLE')} ${this.#table()} PARTITION (k = ${this.#value()})`,
      () => `${this.#op('SHOW PARTITIONS')} ${table()}`,
      () => `${this.#op('SHOW CREATE TABLE')} ${this.#table()}`,
      () => `${this.#op('SHOW TABLES')} IN ${this.#object()} LIKE ${this.#pick([`'${MARK}'`, `${MARK}*`])}`,
      () => `${this.#op('SHOW COLUMNS')} IN ${this.#table()}`,
    ])();
  }

  #script(): string {
    const body = () =>
      this.#pick<() => string>([
        () => this.#select(1),
        () => this.#manipulationInScript(),
        () => `SET a.b = ${MARK} ${MARK}`,
        () => `SET x = x + ${this.#literal()}`,
        () => this.#security(),
        () => `IF ${this.#condition(1)} THEN ${this.#manipulationInScript()}; ELSE SET a.k = ${MARK}; END IF`,
        () => `FOR r AS ${this.#select(0)} DO ${this.#manipulationInScript()}; END FOR`,
        () => `WHILE ${this.#column()} < 7 DO SET k.a = ${MARK}; END WHILE`,
      ])();
    const label = this.#chance(3) ? 'l: ' : '';
    return `${label}${this.#op('BEGIN')} ${body()}; ${body()}; END`;
  }

  #manipulationInScript(): string {
    return this.#pick<() => string>([
      () => `${this.#op('INSERT')} INTO ${this.#table()} BY NAME ${this.#select(0)}`,
      () => `${this.#op('DELETE')} FROM ${this.#table()} WHERE ${this.#condition(0)}`,
      () => `${this.#op('UPDATE')} ${this.#file()} SET a = ${this.#literal()}`,
    ])();
  }

  #table(): string {
    const name = this.#pick(TABLES);
    this.#parts.push(name);
    return name;
  }

  #object(): string {
    return this.#named(...OBJECTS);
  }

  #named(...names: string[]): string {
    const name = this.#pick(names);
    this.#parts.push(name);
    return name;
  }

  #op(operation: string): string {
    this.#parts.push(operation);
    return operation;
  }

  /** Puts an operation before the targets that the text comes with. */
  #opBefore(operation: string, text: () => string): string {
    this.#parts.push(operation);
    return text();
  }

  #part(name: string): string {
    this.#parts.push(name);
    return '';
  }

  #file(): string {
    return `${this.#pick(FORMATS)}${this.#pick(['.', '.', ' . '])}\`${this.#marked(PATHS)}\``;
  }

  /** A path as COPY INTO and LOCATION have it, with and without quotes. */
  #path(): string {
    return this.#pick([
      `'${MARK}'`,
      `"s3://${MARK}"`,
      `dbfs:/${MARK}/x`,
      `/mnt/${MARK}`,
      `\`${MARK}\``,
      `s3://b/${MARK}`,
    ]);
  }

  /** The value of an option, with and without quotes. */
  #value(): string {
    return this.#pick([
      `'${MARK}'`,
      `"${MARK}"`,
      MARK,
      `\`${MARK}\``,
      `secret('${MARK}', "${MARK}")`,
      `DATE '${MARK}'`,
    ]);
  }

  #operand(): string {
    return this.#chance(2) ? this.#column() : this.#literal();
  }

  #literal(): string {
    return this.#marked(LITERALS);
  }

  #column(only?: string): string {
    return only ?? this.#pick(COLUMNS);
  }

  #alias(): string {
    return this.#pick(ALIASES);
  }

  #marked(forms: readonly string[]): string {
    return this.#pick(forms).replaceAll('M', MARK);
  }

  #pick<T>(choices: readonly T[]): T {
    return this.#random.pick(choices);
  }

  #chance(oneIn: number): boolean {
    return this.#random.chance(oneIn);
  }
}
