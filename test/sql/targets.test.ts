import { describe, expect, it } from 'vitest';
import { summarizeSql } from '../../src/instrumentation/sql/index.js';

type Case = readonly [sql: string, summary: string | undefined];

function expectSummary(sql: string, summary: string | undefined): void {
  expect(summarizeSql(sql).summary).toBe(summary);
}

describe('a keyword behind a dot, a colon or AS is a name', () => {
  it.each<Case>([
    ['SELECT e.from, e.to FROM emails e', 'SELECT emails'],
    ['SELECT body:from FROM t', 'SELECT t'],
    ['SELECT t.join FROM t', 'SELECT t'],
    ['SELECT raw:select FROM t', 'SELECT t'],
    ['SELECT a AS from, b AS join FROM t', 'SELECT t'],
    ['SELECT body:a.from, body:from.b[0].join FROM t', 'SELECT t'],
    ['SELECT t . from, t./* x */into FROM t', 'SELECT t'],
    ['SELECT a AS select, b AS union FROM t AS where WHERE where.x = 1', 'SELECT t'],
    ['SELECT :from, $join, {{ select }} FROM t', 'SELECT t'],
    ['UPDATE t SET t.from = 1, t.join = u.select WHERE t.into = 2', 'UPDATE t'],
  ])('%s', expectSummary);
});

describe('a keyword where an operand stands is a column', () => {
  it.each<Case>([
    ['SELECT from, join, select FROM t', 'SELECT t'],
    ['SELECT x FROM t WHERE from = 1 AND join > into OR NOT select', 'SELECT t'],
    ['SELECT f(from), (select), (from, into), [join] FROM t', 'SELECT t'],
    ['SELECT CASE from WHEN join THEN select ELSE into END FROM t', 'SELECT t'],
    ['SELECT case, all FROM t', 'SELECT t'],
    ['SELECT x FROM a JOIN b ON from = join ORDER BY from, join LIMIT select', 'SELECT a b'],
    ['SELECT count(DISTINCT from) FILTER (WHERE select > 1) OVER (PARTITION BY join) FROM t', 'SELECT t'],
    ['SELECT from IS DISTINCT FROM join FROM t', 'SELECT t'],
  ])('%s', expectSummary);
});

const NAMES = [
  ...['temp', 'if', 'sync', 'global', 'table', 'stream', 'only', 'local', 'directory', 'compute', 'set'],
  ...[
    'history',
    'detail',
    'view',
    'catalogs',
    'tables',
    'users',
    'select',
    'from',
    'values',
    'lateral',
    'join',
  ],
];

describe.each(NAMES)('a table called %s', (name) => {
  it.each<Case>([
    [`SELECT * FROM ${name}`, `SELECT ${name}`],
    [`SELECT * FROM ${name} WHERE x = 1`, `SELECT ${name}`],
    [`SELECT * FROM a JOIN ${name} ON a.x = 1`, `SELECT a ${name}`],
    [`SELECT * FROM a, ${name}`, `SELECT a ${name}`],
    [`SELECT * FROM ${name} JOIN b ON ${name}.x = b.x`, `SELECT ${name} b`],
    [`INSERT INTO ${name} (a) VALUES (1)`, `INSERT ${name}`],
    [`INSERT INTO TABLE ${name} VALUES (1)`, `INSERT ${name}`],
    [`UPDATE ${name} SET x = 1`, `UPDATE ${name}`],
    [`DELETE FROM ${name} WHERE x = 1`, `DELETE ${name}`],
    [`MERGE INTO ${name} USING u ON x WHEN MATCHED THEN DELETE`, `MERGE ${name} u`],
    [`ALTER TABLE ${name} RENAME TO x`, `ALTER TABLE ${name}`],
    [`CREATE TABLE ${name} (a INT)`, `CREATE TABLE ${name}`],
    [`CREATE TABLE IF NOT EXISTS ${name} AS SELECT * FROM ${name}`, `CREATE TABLE ${name} SELECT ${name}`],
    [`DROP TABLE IF EXISTS ${name}`, `DROP TABLE ${name}`],
    [`DROP TABLE ${name}`, `DROP TABLE ${name}`],
    [`SHOW CREATE TABLE ${name}`, `SHOW CREATE TABLE ${name}`],
    [`SHOW PARTITIONS ${name}`, `SHOW PARTITIONS ${name}`],
    [`SHOW TBLPROPERTIES ${name}`, `SHOW TBLPROPERTIES ${name}`],
    [`SHOW COLUMNS IN ${name}`, `SHOW COLUMNS ${name}`],
    [`DESCRIBE ${name}`, `DESCRIBE ${name}`],
    [`DESCRIBE TABLE ${name}`, `DESCRIBE TABLE ${name}`],
    [`DESCRIBE HISTORY ${name}`, `DESCRIBE HISTORY ${name}`],
    [`VACUUM ${name} RETAIN 5 HOURS`, `VACUUM ${name}`],
    [`OPTIMIZE ${name}`, `OPTIMIZE ${name}`],
    [`RESTORE ${name} TO VERSION AS OF 5`, `RESTORE ${name}`],
    [`RESTORE TABLE ${name} TO VERSION AS OF 5`, `RESTORE TABLE ${name}`],
    [`REFRESH TABLE ${name}`, `REFRESH TABLE ${name}`],
    [`TRUNCATE TABLE ${name}`, `TRUNCATE TABLE ${name}`],
    [`ANALYZE TABLE ${name} COMPUTE STATISTICS`, `ANALYZE TABLE ${name}`],
    [`GRANT SELECT ON TABLE ${name} TO jane`, `GRANT ${name}`],
    [`COMMENT ON TABLE ${name} IS 'x'`, `COMMENT ON TABLE ${name}`],
    [`WITH ${name} AS (SELECT * FROM base) SELECT * FROM ${name}`, 'SELECT base SELECT'],
    [`TABLE ${name}`, `TABLE ${name}`],
    [`FROM ${name} |> WHERE x = 1`, `FROM ${name}`],
  ])('%s', expectSummary);
});

describe('where the grammar has a keyword behind FROM, it is one', () => {
  it.each<Case>([
    ["SELECT * FROM VALUES (1, 'x') AS a, u", 'SELECT u'],
    ['SELECT * FROM VALUES (1), (2) a(x), u JOIN w', 'SELECT u w'],
    ['SELECT * FROM VALUES 1, 2 AS a, u', 'SELECT u'],
    ['SELECT * FROM STREAM t', 'SELECT t'],
    ['SELECT * FROM STREAM(t), u', 'SELECT t u'],
    ['SELECT * FROM t, LATERAL (SELECT * FROM u)', 'SELECT t SELECT u'],
    ['SELECT * FROM t JOIN LATERAL explode(x)', 'SELECT t'],
    ['SELECT * FROM IDENTIFIER(:t), u', 'SELECT u'],
  ])('%s', expectSummary);
});

describe('FROM first and TABLE, inside other statements', () => {
  it.each<Case>([
    ['WITH c AS (FROM base |> WHERE x = 1) FROM c |> JOIN d', 'FROM base FROM d'],
    ['SELECT * FROM (FROM base |> WHERE x = 1)', 'SELECT FROM base'],
    ['SELECT * FROM a WHERE EXISTS (FROM u |> WHERE x)', 'SELECT a FROM u'],
    ['FROM t |> JOIN (FROM u |> WHERE x) ON y', 'FROM t FROM u'],
    ['FROM t |> UNION ALL (FROM u)', 'FROM t FROM u'],
    ['INSERT INTO t FROM u |> WHERE x = 1', 'INSERT t FROM u'],
    ['CREATE VIEW v AS FROM t |> WHERE x = 1', 'CREATE VIEW v FROM t'],
    ['CREATE TABLE t AS FROM u', 'CREATE TABLE t FROM u'],
    ['FROM s INSERT INTO a SELECT x INSERT OVERWRITE b SELECT y', 'FROM s INSERT a SELECT INSERT b SELECT'],
    ['INSERT INTO t TABLE u', 'INSERT t TABLE u'],
    ['CREATE TABLE t AS TABLE u', 'CREATE TABLE t TABLE u'],
    ['SELECT * FROM a WHERE x IN (TABLE u)', 'SELECT a TABLE u'],
    ['SELECT * FROM f(TABLE u), g(x => TABLE(v))', 'SELECT u v'],
  ])('%s', expectSummary);
});

describe('common table expressions are known where they are known', () => {
  it.each<Case>([
    ['WITH orders AS (SELECT * FROM orders) SELECT * FROM orders', 'SELECT orders SELECT'],
    ['WITH RECURSIVE r AS (SELECT * FROM r) SELECT * FROM r', 'SELECT SELECT'],
    ['WITH a AS (WITH b AS (SELECT 1) SELECT * FROM b, a) SELECT * FROM a, b', 'SELECT SELECT a SELECT b'],
    ['SELECT * FROM (WITH c AS (SELECT 1) SELECT * FROM c), c', 'SELECT SELECT SELECT c'],
    ['WITH c AS (SELECT 1) DELETE FROM t WHERE x IN (SELECT * FROM c)', 'SELECT DELETE t SELECT'],
    ['WITH c AS (SELECT 1) SELECT * FROM s.c', 'SELECT SELECT s.c'],
  ])('%s', expectSummary);
});

describe('scripts, procedures, labels, transactions', () => {
  it.each<Case>([
    [
      'CREATE PROCEDURE p() AS BEGIN UPDATE t SET a = 1; DELETE FROM u; END',
      'CREATE PROCEDURE p UPDATE t DELETE u',
    ],
    ['lbl: BEGIN INSERT INTO t VALUES (1); END', 'BEGIN INSERT t'],
    ['BEGIN TRANSACTION; INSERT INTO t VALUES (1); COMMIT', 'BEGIN INSERT t COMMIT'],
    ['BEGIN; DELETE FROM t; ROLLBACK', 'BEGIN DELETE t ROLLBACK'],
    ['BEGIN a: LOOP INSERT INTO t VALUES (1); LEAVE a; END LOOP a; END', 'BEGIN INSERT t'],
    ['BEGIN DECLARE c CURSOR FOR SELECT * FROM t; END', 'BEGIN SELECT t'],
    [
      'BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION INSERT INTO l VALUES (1); DELETE FROM t; END',
      'BEGIN INSERT l DELETE t',
    ],
    [
      'BEGIN FOR x AS FROM t DO MERGE INTO a USING b ON c WHEN MATCHED THEN DELETE; END FOR; END',
      'BEGIN FROM t MERGE a b',
    ],
  ])('%s', expectSummary);
});

describe('statements about objects name them', () => {
  it.each<Case>([
    ["LOAD DATA INPATH 'x' INTO TABLE t", 'LOAD DATA t'],
    ['ANALYZE TABLES IN s COMPUTE STATISTICS', 'ANALYZE TABLES s'],
    ["COMMENT ON COLUMN a.b.c IS 'x'", 'COMMENT ON COLUMN a.b.c'],
    ['SYNC TABLE a.b.c FROM d.e.f', 'SYNC TABLE a.b.c d.e.f'],
    ['CREATE BLOOMFILTER INDEX ON TABLE t FOR COLUMNS (a)', 'CREATE BLOOMFILTER INDEX t'],
    ['CREATE FLOW f AS INSERT INTO t SELECT * FROM STREAM s', 'CREATE FLOW f INSERT t SELECT s'],
    ['CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id)', 'CREATE FLOW f t s'],
    ['SET TAG ON TABLE t k = v', 'SET TAG ON TABLE t'],
    ['CREATE ONLINE TABLE o AS SELECT * FROM t', 'CREATE ONLINE TABLE o SELECT t'],
    ['CREATE METRIC VIEW m AS SELECT * FROM t', 'CREATE METRIC VIEW m SELECT t'],
    ['CREATE CLEAN ROOM c', 'CREATE CLEAN ROOM c'],
    ['create  or  replace\ttable  if not exists T (a int)', 'create table T'],
  ])('%s', expectSummary);
});
