import { describe, expect, it } from 'vitest';
import { sanitizeSql, summarizeSql } from '../../src/instrumentation/sql/index.js';

const LONG = 10_000;

/** Statement, text, summary. */
type Case = readonly [sql: string, text: string, summary: string | undefined];

function expectExactly(sql: string, text: string, summary: string | undefined): void {
  expect(sanitizeSql(sql, LONG)).toBe(text);
  expect(summarizeSql(sql).summary).toBe(summary);
}

describe('what follows a file format with a dot is a path', () => {
  it.each<Case>([
    ['SELECT * FROM csv.`data/x/jane.csv`', 'SELECT * FROM csv.?', 'SELECT'],
    ['SELECT * FROM csv.`./a`', 'SELECT * FROM csv.?', 'SELECT'],
    ['SELECT * FROM csv.`~/a`', 'SELECT * FROM csv.?', 'SELECT'],
    ['SELECT * FROM parquet.`a*.parquet`', 'SELECT * FROM parquet.?', 'SELECT'],
    ['SELECT * FROM text.` /mnt/a`', 'SELECT * FROM text.?', 'SELECT'],
    ['SELECT * FROM json.`C:\\x`', 'SELECT * FROM json.?', 'SELECT'],
    ['SELECT * FROM orc.`wasbs://c@a/x?sig=abc`', 'SELECT * FROM orc.?', 'SELECT'],
    // Variants: no sign of a path, white space, backticks around the format, a class name, no backticks.
    ['SELECT * FROM avro.`jane doe`', 'SELECT * FROM avro.?', 'SELECT'],
    ['SELECT * FROM Delta /* x */ . `jane`', 'SELECT * FROM Delta . ?', 'SELECT'],
    ['SELECT * FROM `binaryFile`.`jane`, t', 'SELECT * FROM `binaryFile`.?, t', 'SELECT t'],
    [
      'UPDATE `org.apache.spark.sql.parquet`.`j` SET a = 1',
      'UPDATE `org.apache.spark.sql.parquet`.? SET a = ?',
      'UPDATE',
    ],
    [
      'INSERT INTO xml.jane SELECT * FROM iceberg.bob',
      'INSERT INTO xml.? SELECT * FROM iceberg.?',
      'INSERT SELECT',
    ],
    ['MERGE INTO delta.`a`.b USING u ON x', 'MERGE INTO delta.?.? USING u ON x', 'MERGE u'],
    [
      'SELECT csv.a, main.csv.`b c` FROM main.csv.t',
      'SELECT csv.a, main.csv.`b c` FROM main.csv.t',
      'SELECT main.csv.t',
    ],
  ])('%s', expectExactly);
});

describe('a name in backticks that looks like a path or an address is a value everywhere', () => {
  it.each<Case>([
    ['SELECT * FROM `./a/b`', 'SELECT * FROM ?', 'SELECT'],
    ['SELECT * FROM `../a`, `~/b`, `\\\\host\\c`', 'SELECT * FROM ?, ?, ?', 'SELECT'],
    ['SELECT * FROM `D:\\x` JOIN t', 'SELECT * FROM ? JOIN t', 'SELECT t'],
    ['SELECT * FROM `jane@example.com`.t', 'SELECT * FROM ?.t', 'SELECT'],
    [
      'SELECT raw:`@timestamp`, `price/unit`, `a:b` FROM t',
      'SELECT raw:`@timestamp`, `price/unit`, `a:b` FROM t',
      'SELECT t',
    ],
  ])('%s', expectExactly);
});

describe('the value of a setting goes to the end, as the server reads it', () => {
  it.each<Case>([
    ['SET a.b=Endpoint=sb://h/;SharedAccessKeyName=R;SharedAccessKey=abc=', 'SET a.b=?', 'SET'],
    ['SET a.b = x; SELECT * FROM secret', 'SET a.b = ?', 'SET'],
    ['SET a.b =\n  x -- y\n  z', 'SET a.b = ?', 'SET'],
    ['SET my_token=dapi0123', 'SET my_token=?', 'SET'],
    ['SET hivevar:pw=hunter2', 'SET hivevar:pw=?', 'SET'],
    ['SET a:b = x', 'SET a:b = ?', 'SET'],
    ['set Token\t=\tdapi0123', 'set Token = ?', 'set'],
    ['SET hiveconf:a.b-c=d', 'SET hiveconf:a.b-c=?', 'SET'],
    ['SET a.b c', 'SET a.b ?', 'SET'],
    ['SET `spark.key`=abc', 'SET `spark.key`=?', 'SET'],
    ['SET x=`abc`', 'SET x=?', 'SET'],
    ['SET `a.b` = `c;d`', 'SET `a.b` = ?', 'SET'],
    ['SET `a b`.c=d', 'SET `a b`.c=?', 'SET'],
    ['(SET a.b=x)', '(SET a.b=?)', 'SET'],
    ['((SET a.b=(x)))', '((SET a.b=?))', 'SET'],
    ['EXPLAIN SET a.b=x', 'EXPLAIN SET a.b=?', 'EXPLAIN SET'],
    ['EXPLAIN FORMATTED SET token = x', 'EXPLAIN FORMATTED SET token = ?', 'EXPLAIN SET'],
    ['BEGIN SET a.b = x; END', 'BEGIN SET a.b = ?; END', 'BEGIN'],
    [
      'BEGIN IF c THEN SET a:b = x y; ELSE SET `k`=v; END IF; END',
      'BEGIN IF c THEN SET a:b = ?; ELSE SET `k`=?; END IF; END',
      'BEGIN',
    ],
    [
      'l: BEGIN LOOP SET a.b = x; INSERT INTO t VALUES (1); END LOOP; END',
      'l: BEGIN LOOP SET a.b = ?; INSERT INTO t VALUES (?); END LOOP; END',
      'BEGIN INSERT t',
    ],
    ['SET ROLE admin', 'SET ROLE ?', 'SET'],
    ['SET TIME ZONE America/New_York', 'SET TIME ZONE ?', 'SET'],
    ['SET TAG ON TABLE t `k` = `v w`', 'SET TAG ON TABLE t `k` = ?', 'SET TAG ON TABLE t'],
  ])('%s', expectExactly);

  it.each<Case>([
    ['SET VAR x = y + 1', 'SET VAR x = y + ?', 'SET'],
    ['SET VARIABLE x = (SELECT max(a) FROM t)', 'SET VARIABLE x = (SELECT max(a) FROM t)', 'SET SELECT t'],
    ['BEGIN SET n = n + 1; END', 'BEGIN SET n = n + ?; END', 'BEGIN'],
    ['SET TIME ZONE LOCAL', 'SET TIME ZONE LOCAL', 'SET'],
    ['SET CATALOG c', 'SET CATALOG c', 'SET CATALOG c'],
  ])('%s is no setting', expectExactly);
});

describe('paths without quotes', () => {
  it.each<Case>([
    ['ADD JAR /dbfs/jane/x.jar', 'ADD JAR ?', 'ADD'],
    ['ADD FILE dbfs:/F/x', 'ADD FILE ?', 'ADD'],
    ['ADD JARS /a/*.jar /b.jar', 'ADD JARS ?', 'ADD'],
    ['ADD FILES "/a b" /c', 'ADD FILES ?', 'ADD'],
    ['REFRESH /mnt/x', 'REFRESH ?', 'REFRESH'],
    ['REFRESH mnt/x', 'REFRESH ?', 'REFRESH'],
    ['REFRESH a.b', 'REFRESH a.b', 'REFRESH a.b'],
    ['LIST FILE /home/x', 'LIST FILE ?', 'LIST'],
    ['LIST mnt/x LIMIT 5', 'LIST ? LIMIT ?', 'LIST'],
    ['LIST `x y` WITH (CREDENTIAL c)', 'LIST ? WITH (CREDENTIAL c)', 'LIST'],
    ['PUT /home/x INTO /Volumes/y', 'PUT ? INTO ?', 'PUT'],
    ["PUT /home/my x INTO '/Volumes/y' OVERWRITE", 'PUT ? INTO ? OVERWRITE', 'PUT'],
    ['GET /Volumes/y TO ~/x', 'GET ? TO ?', 'GET'],
    ['REMOVE /Volumes/y', 'REMOVE ?', 'REMOVE'],
    ['CREATE TABLE t LOCATION dbfs:/x', 'CREATE TABLE t LOCATION ?', 'CREATE TABLE t'],
    ['CREATE TABLE t LOCATION mnt/x COMMENT y', 'CREATE TABLE t LOCATION ? COMMENT ?', 'CREATE TABLE t'],
    ['CREATE TABLE location (location INT)', 'CREATE TABLE location (location INT)', 'CREATE TABLE location'],
    ['COPY INTO t FROM /mnt/x FILEFORMAT = CSV', 'COPY INTO t FROM ? FILEFORMAT = CSV', 'COPY INTO t'],
    ['COPY INTO t FROM `mnt x` FILEFORMAT = CSV', 'COPY INTO t FROM ? FILEFORMAT = CSV', 'COPY INTO t'],
    ['LOAD DATA INPATH /mnt/x INTO TABLE t', 'LOAD DATA INPATH ? INTO TABLE t', 'LOAD DATA t'],
    ['SELECT * FROM /mnt/x', 'SELECT * FROM ?', 'SELECT'],
    ['SELECT a FROM dbfs:/mnt/x WHERE b', 'SELECT a FROM ? WHERE b', 'SELECT'],
    ['SELECT a / b, c/d FROM t', 'SELECT a / b, c/d FROM t', 'SELECT t'],
  ])('%s', expectExactly);
});

describe('principals', () => {
  it.each<Case>([
    ['GRANT SELECT ON TABLE t TO `jane@x.y`', 'GRANT SELECT ON TABLE t TO ?', 'GRANT t'],
    [
      'GRANT SELECT ON TABLE t TO jane, `b b`, USER bob',
      'GRANT SELECT ON TABLE t TO ?, ?, USER ?',
      'GRANT t',
    ],
    [
      'GRANT SELECT ON t TO jane.doe@x.y WITH GRANT OPTION',
      'GRANT SELECT ON t TO ? WITH GRANT OPTION',
      'GRANT t',
    ],
    ['REVOKE SELECT ON t FROM `jane@x.y`', 'REVOKE SELECT ON t FROM ?', 'REVOKE t'],
    ['REVOKE SELECT ON TABLE from FROM jane', 'REVOKE SELECT ON TABLE from FROM ?', 'REVOKE from'],
    ['REVOKE SELECT ON schema FROM jane', 'REVOKE SELECT ON schema FROM ?', 'REVOKE schema'],
    ['DENY SELECT ON t TO GROUP jane', 'DENY SELECT ON t TO GROUP ?', 'DENY t'],
    ['DENY SELECT ON SCHEMA a.b TO /* x */ jane', 'DENY SELECT ON SCHEMA a.b TO ?', 'DENY a.b'],
    ['ALTER TABLE t OWNER TO jane', 'ALTER TABLE t OWNER TO ?', 'ALTER TABLE t'],
    ['ALTER CATALOG c SET OWNER TO `a b`', 'ALTER CATALOG c SET OWNER TO ?', 'ALTER CATALOG c'],
    [
      'ALTER TABLE t RENAME COLUMN owner TO boss',
      'ALTER TABLE t RENAME COLUMN owner TO boss',
      'ALTER TABLE t',
    ],
    [
      'SYNC SCHEMA a FROM b SET OWNER jane DRY RUN',
      'SYNC SCHEMA a FROM b SET OWNER ? DRY RUN',
      'SYNC SCHEMA a b',
    ],
    ['SHOW GRANTS jane ON t', 'SHOW GRANTS ? ON t', 'SHOW GRANTS t'],
    ['SHOW GRANTS USER `j` ON SCHEMA s', 'SHOW GRANTS USER ? ON SCHEMA s', 'SHOW GRANTS s'],
    ['SHOW GRANTS TO RECIPIENT r', 'SHOW GRANTS TO RECIPIENT ?', 'SHOW GRANTS'],
    ['SHOW GROUPS WITH USER jane', 'SHOW GROUPS WITH USER ?', 'SHOW GROUPS'],
    ['ALTER GROUP g ADD USER a, b', 'ALTER GROUP ? ADD USER ?, ?', 'ALTER GROUP'],
    ['ALTER GROUP g DROP GROUP h', 'ALTER GROUP ? DROP GROUP ?', 'ALTER GROUP'],
    ['CREATE USER jane PASSWORD hunter2', 'CREATE USER ?', 'CREATE USER'],
    ['DROP USER IF EXISTS `jane@x.y`', 'DROP USER IF EXISTS ?', 'DROP USER'],
    ['CREATE GROUP g WITH USER a, GROUP b', 'CREATE GROUP ? WITH USER ?, GROUP ?', 'CREATE GROUP'],
    ["CREATE RECIPIENT r USING ID 'x'", 'CREATE RECIPIENT ? USING ID ?', 'CREATE RECIPIENT'],
    ['ALTER RECIPIENT r RENAME TO q', 'ALTER RECIPIENT ? RENAME TO ?', 'ALTER RECIPIENT'],
    ['COMMENT ON RECIPIENT r IS hello', 'COMMENT ON RECIPIENT ? IS ?', 'COMMENT ON RECIPIENT'],
    [
      'CREATE POLICY p ON TABLE t ROW FILTER f TO a, b EXCEPT c FOR TABLES',
      'CREATE POLICY p ON TABLE t ROW FILTER f TO ?, ? EXCEPT ? FOR TABLES',
      'CREATE POLICY p t',
    ],
    ['GRANT ROLE jane TO USER bob', 'GRANT ROLE ? TO USER ?', 'GRANT'],
    ['REVOKE ROLE `jane` FROM bob', 'REVOKE ROLE ? FROM ?', 'REVOKE'],
    ['ALTER SHARE s ADD RECIPIENT jane', 'ALTER SHARE s ADD RECIPIENT ?', 'ALTER SHARE s'],
    ['ALTER SHARE s REMOVE RECIPIENT `jane`', 'ALTER SHARE s REMOVE RECIPIENT ?', 'ALTER SHARE s'],
    ['ALTER TABLE t ADD recipient STRING', 'ALTER TABLE t ADD recipient STRING', 'ALTER TABLE t'],
    ['SHOW GRANTS ON USER jane', 'SHOW GRANTS ON USER ?', 'SHOW GRANTS'],
    ['SHOW GRANTS ON GROUP `jane`', 'SHOW GRANTS ON GROUP ?', 'SHOW GRANTS'],
    ['ALTER CATALOG c SET OWNER jane', 'ALTER CATALOG c SET OWNER ?', 'ALTER CATALOG c'],
    ['ALTER TABLE t SET OWNER `jane`', 'ALTER TABLE t SET OWNER ?', 'ALTER TABLE t'],
    [
      'BEGIN GRANT SELECT ON t TO jane; DROP ROLE r; END',
      'BEGIN GRANT SELECT ON t TO ?; DROP ROLE ?; END',
      'BEGIN GRANT t DROP ROLE',
    ],
  ])('%s', expectExactly);
});

describe('values of options and properties', () => {
  it.each<Case>([
    [
      'CREATE CONNECTION c TYPE x OPTIONS (host h, user `u v`, password = p)',
      'CREATE CONNECTION c TYPE x OPTIONS (host ?, user ?, password = ?)',
      'CREATE CONNECTION c',
    ],
    [
      "ALTER CONNECTION c OPTIONS (password secret('s', 'k'))",
      'ALTER CONNECTION c OPTIONS (password secret(?, ?))',
      'ALTER CONNECTION c',
    ],
    [
      'ALTER TABLE t SET TBLPROPERTIES (a.b = c, d e)',
      'ALTER TABLE t SET TBLPROPERTIES (a.b = ?, d ?)',
      'ALTER TABLE t',
    ],
    ['CREATE TABLE options (a INT)', 'CREATE TABLE options (a INT)', 'CREATE TABLE options'],
    [
      'COPY INTO t FROM x WITH (CREDENTIAL (A = b) ENCRYPTION (C = d)) FORMAT_OPTIONS (e = f)',
      'COPY INTO t FROM ? WITH (CREDENTIAL (A = ?) ENCRYPTION (C = ?)) FORMAT_OPTIONS (e = ?)',
      'COPY INTO t',
    ],
    ['SELECT * FROM t WITH (a = b) WHERE c = d', 'SELECT * FROM t WITH (a = ?) WHERE c = d', 'SELECT t'],
    [
      'INSERT INTO t PARTITION (day = today) SELECT a FROM u',
      'INSERT INTO t PARTITION (day = ?) SELECT a FROM u',
      'INSERT t SELECT u',
    ],
    ['SHOW TABLES LIKE secret*', 'SHOW TABLES LIKE ?', 'SHOW TABLES'],
  ])('%s', expectExactly);
});

describe('a list of options with broken parts keeps nothing that could be a value', () => {
  it.each<Case>([
    [
      "CREATE CONNECTION c TYPE mysql OPTIONS (password jane'",
      'CREATE CONNECTION c TYPE mysql OPTIONS (password ??',
      'CREATE CONNECTION c',
    ],
    ["ALTER CONNECTION c OPTIONS (jane'", 'ALTER CONNECTION c OPTIONS (??', 'ALTER CONNECTION c'],
    [
      "ALTER CONNECTION c OPTIONS (password jane', user 'u')",
      'ALTER CONNECTION c OPTIONS (password ????',
      'ALTER CONNECTION c',
    ],
    [
      "ALTER CONNECTION c OPTIONS (user 'O'Brien', password 'jane')",
      'ALTER CONNECTION c OPTIONS (user ?????',
      'ALTER CONNECTION c',
    ],
    [
      "ALTER CONNECTION c OPTIONS (a 'x'jane, bob, carl = y)",
      'ALTER CONNECTION c OPTIONS (a ??, ?, ? = ?)',
      'ALTER CONNECTION c',
    ],
    [
      'ALTER CONNECTION c OPTIONS (password jane(bob, user u)',
      'ALTER CONNECTION c OPTIONS (password ?(?, ? ?)',
      'ALTER CONNECTION c',
    ],
    [
      'ALTER CONNECTION c OPTIONS (password “jane”x, `b` c)',
      'ALTER CONNECTION c OPTIONS (password ??, ? ?)',
      'ALTER CONNECTION c',
    ],
    [
      'CREATE CONNECTION c TYPE mysql OPTIONS password jane',
      'CREATE CONNECTION c TYPE mysql OPTIONS ?',
      'CREATE CONNECTION c',
    ],
    [
      'ALTER CONNECTION c OPTIONS {password: jane}; SELECT a',
      'ALTER CONNECTION c OPTIONS ?; SELECT a',
      'ALTER CONNECTION c SELECT',
    ],
    ['ALTER CONNECTION c OPTIONS .5 jane', 'ALTER CONNECTION c OPTIONS ?', 'ALTER CONNECTION c'],
    ["ALTER CONNECTION c OPTIONS 'password' jane", 'ALTER CONNECTION c OPTIONS ?', 'ALTER CONNECTION c'],
    [
      'COPY INTO t FROM x FILEFORMAT = CSV FORMAT_OPTIONS password = jane',
      'COPY INTO t FROM ? FILEFORMAT = CSV FORMAT_OPTIONS ?',
      'COPY INTO t',
    ],
    [
      'CREATE TABLE options AS SELECT a FROM t',
      'CREATE TABLE options AS SELECT a FROM t',
      'CREATE TABLE options SELECT t',
    ],
    [
      "ALTER TABLE t SET TBLPROPERTIES (a = DATE '2024-01-01', b c)",
      'ALTER TABLE t SET TBLPROPERTIES (a = DATE ?, b ?)',
      'ALTER TABLE t',
    ],
  ])('%s', (sql, text, summary) => {
    expectExactly(sql, text, summary);
    expect(sanitizeSql(text, LONG)).toBe(text);
  });
});

describe('quotes that no SQL knows', () => {
  it.each([
    ['«x»'],
    ['»x«'],
    ['´x´'],
    ['＇x＇'],
    ['＂x＂'],
    ['′x′'],
    ['″x″'],
    ['‹x›'],
    ['「x」'],
    ['‚x‘'],
    ['„x“'],
    ['«x and no end'],
  ])('%s is a literal', (literal) => {
    expect(sanitizeSql(`SELECT a FROM t WHERE b = ${literal}`, LONG)).toBe('SELECT a FROM t WHERE b = ?');
  });
});

describe('comments', () => {
  it.each<Case>([
    ['/* a /*+ b */ SELECT * FROM t', 'SELECT * FROM t', 'SELECT t'],
    ['SELECT 1 /* a /*+ b /*+ c */ FROM t', 'SELECT ? FROM t', 'SELECT t'],
    ['/* a /* b /*+ c */ d */ SELECT 1', 'SELECT ?', 'SELECT'],
    ['/*/*+*/--*/qe', '', undefined],
  ])("a hint's beginning in a comment does not nest: %s", expectExactly);
});

describe('values that a second search found', () => {
  it.each<Case>([
    // A slash where an operand should be begins a path.
    ['SELECT * FROM delta./mnt/jane, t', 'SELECT * FROM delta.?, t', 'SELECT t'],
    ['OPTIMIZE delta.//jane', 'OPTIMIZE delta.?', 'OPTIMIZE'],
    ['SELECT * FROM csv./data/*.csv', 'SELECT * FROM csv.?', 'SELECT'],
    ['DELETE FROM delta.~/jane WHERE a = 1', 'DELETE FROM delta.~? WHERE a = ?', 'DELETE'],
    ['DESCRIBE HISTORY delta../jane', 'DESCRIBE HISTORY delta..?', 'DESCRIBE HISTORY'],
    ['SELECT * FROM ./jane', 'SELECT * FROM .?', 'SELECT'],
    ['SELECT * FROM read_files(/mnt/jane/*, x => /a)', 'SELECT * FROM read_files(?, x => ?)', 'SELECT'],
    ['SELECT a/b, (a) /b, 1/c FROM t', 'SELECT a/b, (a) /b, ?/c FROM t', 'SELECT t'],
    ['*/\n', '*/', undefined],
    ['SELECT f(*/ ), a FROM t', 'SELECT f(*/), a FROM t', 'SELECT t'],
    // A table may be called like the preposition.
    ['COPY INTO from FROM /mnt/jane', 'COPY INTO from FROM ?', 'COPY INTO from'],
    // Keys in quotes, signs, parentheses, a function's arguments.
    ["ALTER TABLE t SET TAGS ('k' = jane)", 'ALTER TABLE t SET TAGS (? = ?)', 'ALTER TABLE t'],
    [
      'CREATE TABLE t OPTIONS (\'a.b\' jane:x, "c" jane)',
      'CREATE TABLE t OPTIONS (? ?:?, ? ?)',
      'CREATE TABLE t',
    ],
    [
      'CREATE CONNECTION c OPTIONS (host (jane), password -jane)',
      'CREATE CONNECTION c OPTIONS (host (?), password -?)',
      'CREATE CONNECTION c',
    ],
    [
      'ALTER TABLE t SET TBLPROPERTIES (k = ((jane), bob), l = x)',
      'ALTER TABLE t SET TBLPROPERTIES (k = ((?), ?), l = ?)',
      'ALTER TABLE t',
    ],
    [
      'CREATE TABLE t OPTIONS (k = concat(jane, lower(bob)), l x)',
      'CREATE TABLE t OPTIONS (k = concat(?, lower(?)), l ?)',
      'CREATE TABLE t',
    ],
    [
      'INSERT INTO t PARTITION (a = (SELECT max(b) FROM u)) VALUES (1)',
      'INSERT INTO t PARTITION (a = (SELECT max(b) FROM u)) VALUES (?)',
      'INSERT t SELECT u',
    ],
    [
      'INSERT WITH SCHEMA EVOLUTION INTO t PARTITION (a = jane) SELECT 1',
      'INSERT WITH SCHEMA EVOLUTION INTO t PARTITION (a = ?) SELECT ?',
      'INSERT t SELECT',
    ],
    // PARTITION behind EXISTS is no name, if a table is altered.
    [
      'ALTER TABLE t DROP IF EXISTS PARTITION (a = jane)',
      'ALTER TABLE t DROP IF EXISTS PARTITION (a = ?)',
      'ALTER TABLE t',
    ],
    [
      'ALTER TABLE t ADD IF NOT EXISTS PARTITION (a = jane, b = x)',
      'ALTER TABLE t ADD IF NOT EXISTS PARTITION (a = ?, b = ?)',
      'ALTER TABLE t',
    ],
    [
      'CREATE TABLE IF NOT EXISTS partition (a INT)',
      'CREATE TABLE IF NOT EXISTS partition (a INT)',
      'CREATE TABLE partition',
    ],
    ["LIST FILES r'/jane' /mnt/bob", 'LIST FILES ?', 'LIST'],
    ["ADD JARS R'/jane' /mnt/bob /x", 'ADD JARS ?', 'ADD'],
    // Where the text has a path, the summary has no table.
    ['REFRESH `jane`', 'REFRESH ?', 'REFRESH'],
    ['REFRESH TABLE `my table`', 'REFRESH TABLE `my table`', 'REFRESH TABLE `my table`'],
    [
      'INSERT OVERWRITE DIRECTORY `jane` USING csv SELECT 1',
      'INSERT OVERWRITE DIRECTORY ? USING csv SELECT ?',
      'INSERT SELECT',
    ],
    [
      'COPY INTO t FROM (SELECT a FROM `jane`) FILEFORMAT = CSV',
      'COPY INTO t FROM (SELECT a FROM ?) FILEFORMAT = CSV',
      'COPY INTO t SELECT',
    ],
    [
      'COPY INTO t FROM (SELECT from, extract(DAY FROM d) FROM jane@bob) FILEFORMAT = CSV',
      'COPY INTO t FROM (SELECT from, extract(DAY FROM d) FROM ?) FILEFORMAT = CSV',
      'COPY INTO t SELECT',
    ],
    // Prefixes that strings have elsewhere.
    ["COMMENT ON TABLE t IS E'jane'", 'COMMENT ON TABLE t IS ?', 'COMMENT ON TABLE t'],
    ["SHOW TABLES LIKE b'jane'", 'SHOW TABLES LIKE ?', 'SHOW TABLES'],
  ])('%s', (sql, text, summary) => {
    expectExactly(sql, text, summary);
    expect(sanitizeSql(text, LONG)).toBe(text);
  });
});

describe('a text that begins with no known statement: every word that is no keyword is a value', () => {
  it.each<Case>([
    ['dapis3cr3t0123456789 SELECT 1', '? SELECT ?', undefined],
    ['dapis3cr3t SELECT jane FROM bob', '? SELECT ? FROM ?', undefined],
    ['jane', '?', undefined],
    ['`jane`', '?', undefined],
    ['/* x */ (jane)', '(?)', undefined],
    ['{"password": jane}', '{?: ?}', undefined],
    ['{"password": jane, "b": SELECT bob}', '{?: ?, ?: SELECT ?}', undefined],
    ['password: jane', '?: ?', undefined],
    ['password: SELECT jane FROM bob', '?: SELECT ? FROM ?', undefined],
    ['password=jane; uid=bob', '?=?; ?=?', undefined],
    ['jane@bob (SET a.b)', '?@? (SET ?.?)', undefined],
    ['jane ((SET a = b c', '? ((SET ? = ? ?', undefined],
    ["'x' (SET a = b c", '? (SET ? = ? ?', undefined],
    ['SELECT 1; {(SET a = b c', 'SELECT ?; {(SET ? = ? ?', 'SELECT'],
    ['export TOKEN=jane', 'export ?=?', 'export'],
    ['EXPLAIN jane', 'EXPLAIN ?', 'EXPLAIN'],
    ['jane SET a = b', '? SET ? = ?', undefined],
    ["'x' SELECT jane", '? SELECT ?', undefined],
    ['jane OPTIONS (bob x)', '? OPTIONS (? ?)', undefined],
    ['BEGIN jane bob; SELECT a; END', 'BEGIN ? ?; SELECT a; END', 'BEGIN SELECT'],
    ['SELECT a FROM t; jane', 'SELECT a FROM t; ?', 'SELECT t'],
  ])('%s', (sql, text, summary) => {
    expectExactly(sql, text, summary);
    expect(sanitizeSql(text, LONG)).toBe(text);
  });

  it.each([
    'FROM t |> WHERE a',
    'TABLE t',
    '(((SELECT a FROM t)))',
    'WITH a AS (SELECT b FROM t) SELECT b FROM a',
    'l: BEGIN SELECT a; LEAVE l; END l',
    '`l`: BEGIN m: LOOP ITERATE m; END LOOP; END',
    'outer: LOOP SELECT a; END LOOP',
    'BEGIN DECLARE c CURSOR FOR SELECT a FROM t; OPEN c; FETCH c INTO x; CLOSE c; END',
    'BEGIN SIGNAL s; RESIGNAL; GET DIAGNOSTICS CONDITION x = y; END',
    'APPLY CHANGES INTO t FROM STREAM s KEYS (k) SEQUENCE BY b',
    'EXPORT TABLE t',
    'UNDROP TABLE t',
    'EXECUTE IMMEDIATE s',
    'REORG TABLE t APPLY (PURGE)',
    'FSCK REPAIR TABLE t',
  ])('%s is a statement, and stays', (sql) => {
    expect(sanitizeSql(sql, LONG)).toBe(sql);
  });
});
