import { describe, expect, it } from 'vitest';
import { sanitizeSql, summarizeSql } from '../../src/instrumentation/sql/index.js';

const LONG = 10_000;

/**
 * What the test cases of the OpenTelemetry semantic conventions ask for
 * (docs/non-normative/database-test-cases/db-sql-test-cases.json), white space aside. The one difference: theirs
 * turns `99+100` into `??`, ours keeps the operator.
 */
const CASES: readonly (readonly [name: string, sql: string, text: string, summary: string])[] = [
  ['integers', 'SELECT 12, -12, +12', 'SELECT ?, ?, ?', 'SELECT'],
  ['decimal points', 'SELECT 12.34, -12.34, +12.34, .01, -.01', 'SELECT ?, ?, ?, ?, ?', 'SELECT'],
  ['exponents', 'SELECT 12.34e56, -12.34e56, +12.34e56', 'SELECT ?, ?, ?', 'SELECT'],
  ['negative exponents', 'SELECT 12.34e-56, -12.34e-56, +12.34e-56', 'SELECT ?, ?, ?', 'SELECT'],
  ['arithmetic', 'SELECT 99+100', 'SELECT ?+?', 'SELECT'],
  ['hexadecimal', 'SELECT 0xDEADBEEF, 0XdeadBEEF', 'SELECT ?, ?', 'SELECT'],
  ['a string', "SELECT 'hello'", 'SELECT ?', 'SELECT'],
  ['an escaped quote', "SELECT 'My name''s not important'", 'SELECT ?', 'SELECT'],
  ['a line feed in a string', "SELECT 'My name is \n not important'", 'SELECT ?', 'SELECT'],
  [
    'digits in names',
    'SELECT c3po, r2d2 FROM covid19 WHERE n1h1=1234',
    'SELECT c3po, r2d2 FROM covid19 WHERE n1h1=?',
    'SELECT covid19',
  ],
  [
    'dots in names',
    'SELECT a FROM dbo.Table JOIN dbo.AnotherTable',
    'SELECT a FROM dbo.Table JOIN dbo.AnotherTable',
    'SELECT dbo.Table dbo.AnotherTable',
  ],
  [
    'INSERT',
    'INSERT INTO X VALUES(1, 23456, 123.456, 99+100)',
    'INSERT INTO X VALUES(?, ?, ?, ?+?)',
    'INSERT X',
  ],
  ['a GUID', "SELECT { guid '01234567-89ab-cdef-0123-456789abcdef' }", 'SELECT { guid ? }', 'SELECT'],
  [
    'IN',
    "SELECT * FROM table WHERE value IN (123, 456, 'abc')",
    'SELECT * FROM table WHERE value IN (?)',
    'SELECT table',
  ],
  [
    'comments',
    'SELECT column -- end of line comment\nFROM /* block \n comment */ table',
    'SELECT column FROM table',
    'SELECT table',
  ],
  [
    'INSERT from a query',
    'INSERT INTO shipping_details\n(order_id,\naddress)\nSELECT order_id,\naddress\nFROM   orders\nWHERE  order_id = 1',
    'INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders WHERE order_id = ?',
    'INSERT shipping_details SELECT orders',
  ],
  [
    'a nested query',
    'SELECT order_date\nFROM   (SELECT *\nFROM   orders o\nJOIN customers c\nON o.customer_id = c.customer_id)',
    'SELECT order_date FROM (SELECT * FROM orders o JOIN customers c ON o.customer_id = c.customer_id)',
    'SELECT SELECT orders customers',
  ],
  [
    'the case of nested operations',
    'SELEcT order_date\nFROM   (sELECT *\nFROM   orders o\nJOIN customers c\nON o.customer_id = c.customer_id)',
    'SELEcT order_date FROM (sELECT * FROM orders o JOIN customers c ON o.customer_id = c.customer_id)',
    'SELEcT sELECT orders customers',
  ],
  ['the case', 'SELEcT order_date\nFROM ORders', 'SELEcT order_date FROM ORders', 'SELEcT ORders'],
  [
    'CROSS JOIN',
    'SELECT * FROM Orders o CROSS JOIN OrderDetails od',
    'SELECT * FROM Orders o CROSS JOIN OrderDetails od',
    'SELECT Orders OrderDetails',
  ],
  [
    'a comma between tables',
    'SELECT * FROM Orders o, OrderDetails od',
    'SELECT * FROM Orders o, OrderDetails od',
    'SELECT Orders OrderDetails',
  ],
  [
    'CREATE TABLE',
    'CREATE  TABLE MyTable (\n    ID NOT NULL IDENTITY(1,1) PRIMARY KEY\n)',
    'CREATE TABLE MyTable (ID NOT NULL IDENTITY(?,?) PRIMARY KEY)',
    'CREATE TABLE MyTable',
  ],
  [
    'ALTER TABLE',
    'ALTER  TABLE MyTable ADD Name varchar(255)',
    'ALTER TABLE MyTable ADD Name varchar(?)',
    'ALTER TABLE MyTable',
  ],
  ['DROP TABLE', 'DROP  TABLE MyTable', 'DROP TABLE MyTable', 'DROP TABLE MyTable'],
];

describe('the test cases of the conventions', () => {
  it.each(CASES)('%s', (_, sql, text, summary) => {
    expect(sanitizeSql(sql, LONG)).toBe(text);
    expect(summarizeSql(sql).summary).toBe(summary);
  });

  it('are 24', () => {
    expect(CASES).toHaveLength(24);
  });
});
