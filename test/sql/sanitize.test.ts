import { describe, expect, it } from 'vitest';
import { sanitizeSql } from '../../src/instrumentation/sql/index.js';

const LONG = 10_000;

describe('where a literal ends', () => {
  it.each([
    ['a backslash escapes the quote', "SELECT 'a\\' OR secret'", 'SELECT ?'],
    ['an escaped backslash does not', "SELECT 'a\\\\' OR name", 'SELECT ? OR name'],
    ['a raw string has no escapes', "SELECT r'a\\' OR name", 'SELECT ? OR name'],
    ['r is a prefix only as a whole word', "SELECT bar'a\\' OR secret'", 'SELECT bar ?'],
    ['the other quote does not end a string', `SELECT "it's", 'say "x"', b`, 'SELECT ?, ?, b'],
    ['a backslash at the end of the text', "SELECT 'a\\", 'SELECT ?'],
    ['a comment in a string is none', "SELECT '--', b, '/*', c", 'SELECT ?, b, ?, c'],
    ['a quote in a comment is none', "SELECT a -- it's\n, b /* it's */ , c", 'SELECT a, b, c'],
    ['a quote in a name is none', "SELECT `it's`, 'x', `a\"b`", 'SELECT `it\'s`, ?, `a"b`'],
    ['a backslash in a name is none', "SELECT `a\\`, 'x'", 'SELECT `a\\`, ?'],
    ['a backslash continues a line comment', 'SELECT a -- b \\\nsecret\n, c', 'SELECT a, c'],
    ['a carriage return ends a line comment', 'SELECT a -- b\r, c', 'SELECT a, c'],
    ['a bracketed comment nests', 'SELECT /* a /* b */ secret */ c', 'SELECT c'],
    ['a string in a hint may hold its end', "SELECT /*+ h('*/ secret') */ c", 'SELECT c'],
    ['another tag does not end a dollar quote', 'SELECT $a$ secret $b$ secret $a$ c', 'SELECT ? c'],
    ['a single dollar begins no dollar quote', 'SELECT $a, $b', 'SELECT $a, $b'],
  ])('%s', (_, sql, text) => {
    expect(sanitizeSql(sql, LONG)).toBe(text);
  });
});

describe('what is a number', () => {
  it.each([
    ['a member behind a dot is none', 'SELECT t.c1, a.b.c2', 'SELECT t.c1, a.b.c2'],
    ['digits behind the dot of a name are', 'SELECT t.5, `a`.6, f(x).7', 'SELECT t.?, `a`.?, f(x).?'],
    ['a range of versions', 'SELECT 1.2.3', 'SELECT ?.?'],
    ['a word that begins with a digit', 'SELECT * FROM 2024_sales', 'SELECT * FROM ?'],
    ['a sign belongs to it behind an operator', 'SELECT a*-1, (+2), b = - 3', 'SELECT a*?, (?), b = ?'],
    [
      'a sign behind a value is an operator',
      'SELECT a-1, 2+3, f()-4, x[0]-5',
      'SELECT a-?, ?+?, f()-?, x[?]-?',
    ],
    ['an exponent has a sign, a hexadecimal word has none', 'SELECT 1e-5, 0x1e-5', 'SELECT ?, ?-?'],
  ])('%s', (_, sql, text) => {
    expect(sanitizeSql(sql, LONG)).toBe(text);
  });
});

describe('repetitions in lists', () => {
  it.each([
    ['mixed elements keep what differs', 'SELECT x IN (1, 2, a, 3, 4)', 'SELECT x IN (?, a, ?)'],
    ['spaces make no difference', 'SELECT x IN ( 1 ,2,\n3 )', 'SELECT x IN (?)'],
    ['comments make no difference', 'SELECT x IN (1, /* two */ 2, -- three\n 3)', 'SELECT x IN (?)'],
    ['rows that differ stay', 'VALUES (1, a), (2, b), (3, b)', 'VALUES (?, a), (?, b)'],
    ['the alias behind the rows stays', 'VALUES (1), (2) AS t', 'VALUES (?) AS t'],
    ['the semicolon behind the rows stays', 'VALUES (1), (2);', 'VALUES (?);'],
    ['the arguments of a function are no list', 'SELECT f(1, 2, 3)', 'SELECT f(?, ?, ?)'],
    ['a list that is never closed', 'SELECT x IN (1, 2, 3', 'SELECT x IN (?'],
    ['a list in a list', 'SELECT a IN (1, (SELECT b IN (2, 3)), 4)', 'SELECT a IN (?, (SELECT b IN (?)), ?)'],
    [
      'a list in an element that could still be a repetition',
      'SELECT a IN ((1, 2, 3), b IN ((4, 5, 6), 7))',
      'SELECT a IN ((?, ?, ?), b IN ((?, ?, ?), ?))',
    ],
    ['a column named like a value', 'SELECT t.true, raw:false, true', 'SELECT t.true, raw:false, ?'],
    ['a column named like a keyword', 'SELECT t.in, v.values', 'SELECT t.in, v.values'],
  ])('%s', (_, sql, text) => {
    expect(sanitizeSql(sql, LONG)).toBe(text);
  });

  it('what stands behind a long list is kept, however short the text may be', () => {
    const sql = `SELECT * FROM t WHERE id IN (${'12345, '.repeat(100_000)}6) AND name = 'x'`;
    expect(sanitizeSql(sql, 60)).toBe('SELECT * FROM t WHERE id IN (?) AND name = ?');
  });
});

describe('the maximum length', () => {
  const sql = "SELECT `a b`, name FROM orders WHERE id IN (1, 2, 3) AND note = 'x' AND c = :param";

  it('cuts between tokens, so that every shorter text is a beginning of the longer one', () => {
    const whole = sanitizeSql(sql, LONG);
    for (let maxLength = 0; maxLength <= whole.length; maxLength++) {
      const text = sanitizeSql(sql, maxLength);
      expect(text.length).toBeLessThanOrEqual(maxLength);
      expect(whole.startsWith(text)).toBe(true);
      const cutsWord = /\w$/.test(text) && /^\w/.test(whole.slice(text.length));
      expect(cutsWord).toBe(false);
    }
  });

  it.each([0, -1, Number.NaN, Number.NEGATIVE_INFINITY])('of %d leaves nothing', (maxLength) => {
    expect(sanitizeSql(sql, maxLength)).toBe('');
  });

  it('of Infinity is none', () => {
    expect(sanitizeSql(sql, Number.POSITIVE_INFINITY)).toBe(sanitizeSql(sql, LONG));
  });

  it('never splits a name or a surrogate pair', () => {
    expect(sanitizeSql('SELECT `😀😀`', 11)).toBe('SELECT');
    expect(sanitizeSql('SELECT 𝒳𝒴', 9)).toBe('SELECT');
    expect(sanitizeSql('SELECT 𝒳𝒴', 11)).toBe('SELECT 𝒳𝒴');
  });
});

it('a statement without literals and comments is the same string', () => {
  const sql = 'SELECT id, name FROM main.sales.orders WHERE id = ? AND region = :region';
  expect(sanitizeSql(sql, LONG)).toBe(sql);
});
