import { describe, expect, it } from 'vitest';
import { summarizeSql } from '../../src/instrumentation/sql/index.js';

const WINDOW = 8_192;

describe('the examples of the conventions', () => {
  it.each([
    ['SELECT * FROM wuser_table WHERE username = ?', 'SELECT wuser_table'],
    [
      'INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders WHERE order_id = ?',
      'INSERT shipping_details SELECT orders',
    ],
    ['SELECT * FROM songs, artists WHERE songs.artist_id == artists.id', 'SELECT songs artists'],
    [
      'SELECT order_date FROM (SELECT * FROM orders o JOIN customers c ON o.customer_id = c.customer_id)',
      'SELECT SELECT orders customers',
    ],
    ['call some_stored_procedure', 'call some_stored_procedure'],
  ])('%s', (sql, summary) => {
    expect(summarizeSql(sql).summary).toBe(summary);
  });
});

describe('targets', () => {
  it.each([
    ['blanks and comments in a name', 'SELECT * FROM main . /* x */ sales.`t`', 'SELECT main.sales.`t`'],
    [
      'a CTE in another case and in backticks',
      'WITH Recent AS (SELECT 1) SELECT * FROM `RECENT`, t',
      'SELECT SELECT t',
    ],
    [
      'a LIKE in a view is no table',
      'CREATE VIEW v AS SELECT x FROM t WHERE x LIKE y',
      'CREATE VIEW v SELECT t',
    ],
    ['a name of two lines', 'SELECT * FROM `a\nb`, c', 'SELECT c'],
    ['a name that begins with digits', 'SELECT * FROM s.2024_sales', 'SELECT'],
    ['a widget in a name', 'SELECT * FROM sales_$env.orders', 'SELECT'],
    ['a parameter for a name', 'SELECT * FROM :table', 'SELECT'],
    ['a path without quotes', 'SELECT * FROM mnt/x, a-b/c, d:e', 'SELECT'],
    ['nothing behind FROM', 'SELECT * FROM', 'SELECT'],
    ['a dot and nothing more', 'SELECT * FROM a.', 'SELECT'],
  ])('%s', (_, sql, summary) => {
    expect(summarizeSql(sql).summary).toBe(summary);
  });
});

describe('what a CALL calls', () => {
  it.each([
    ["CALL main.admin.purge('orders')", 'main.admin.purge'],
    ['call Purge', 'Purge'],
    ['CALL IDENTIFIER(:p)()', undefined],
    ['CALL `jane@example.com`.p()', undefined],
    ['BEGIN CALL p(); END', undefined],
    ['SELECT * FROM p', undefined],
    [`CALL ${'x'.repeat(256)}()`, undefined],
  ])('%s', (sql, procedure) => {
    expect(summarizeSql(sql).storedProcedure).toBe(procedure);
    expect('storedProcedure' in summarizeSql(sql)).toBe(procedure !== undefined);
  });
});

describe('the size of the statement', () => {
  it('a leading comment of any length does not hide the statement', () => {
    const sql = `/* ${'licence '.repeat(10_000)} */ -- and more\n (UPDATE t SET a = 1`;
    expect(summarizeSql(sql)).toMatchObject({ summary: 'UPDATE t', statementType: 'UPDATE' });
  });

  it('is cut between the parts of the summary at 255 characters', () => {
    const names = Array.from({ length: 100 }, (_, index) => `table_${index}`);
    const { summary } = summarizeSql(`SELECT * FROM ${names.join(', ')}`);
    expect(summary?.length).toBeLessThanOrEqual(255);
    expect(summary?.split(' ').slice(1)).toEqual(names.slice(0, 28));
  });

  it('a name of more than 255 characters is not in the summary', () => {
    expect(summarizeSql(`SELECT * FROM ${'x'.repeat(256)}`).summary).toBe('SELECT');
  });

  it('a name at the end of what is read is not half a name', () => {
    const before = `SELECT ${'a,'.repeat(WINDOW)}`.slice(0, WINDOW - 10);
    expect(summarizeSql(`${before} FROM orders WHERE x = 1`).summary).toBe('SELECT');
  });
});

describe('the first keyword', () => {
  it.each([
    ['SELECT 1', 'QUERY'],
    ['with a as (select 1) select * from a', 'QUERY'],
    ['((SELECT 1))', 'QUERY'],
    ['Describe t', 'QUERY'],
    ['EXPLAIN DELETE FROM t', 'QUERY'],
    ['insert into t values (1)', 'UPDATE'],
    ['LOAD DATA INPATH x INTO TABLE t', 'UPDATE'],
    ['CREATE TABLE t AS SELECT 1', 'SQL'],
    ['SELECTED', 'SQL'],
    ["'SELECT'", 'SQL'],
    ['?', 'SQL'],
    ['', 'SQL'],
  ])('%s: %s', (sql, statementType) => {
    expect(summarizeSql(sql).statementType).toBe(statementType);
  });
});

describe('files in volumes', () => {
  it.each([
    ["put '/a' into '/Volumes/x'", 'PUT'],
    ['GET "/Volumes/x" TO "/a"', 'GET'],
    ["-- c\nREMOVE '/Volumes/x'", 'DELETE'],
    ["LIST 'dbfs:/Volumes/x/y/z'", 'LIST'],
    ["LIST 'abfss://c@a/x'", undefined],
    ['LIST JARS', undefined],
    ['GET DIAGNOSTICS CONDITION', undefined],
  ])('%s', (sql, volumeOperation) => {
    expect(summarizeSql(sql).volumeOperation).toBe(volumeOperation);
    expect('volumeOperation' in summarizeSql(sql)).toBe(volumeOperation !== undefined);
  });
});
