import { describe, expect, it } from 'vitest';
import { sanitizeSql, summarizeSql } from '../../src/instrumentation/sql/index.js';
import { commands } from './commands.js';
import { queries } from './queries.js';

const LONG = 10_000;

describe.each([
  ['queries', queries],
  ['commands', commands],
])('Databricks statements: %s', (_, statements) => {
  it.each(statements)('$name: exact text without literals', ({ sql, text }) => {
    expect(sanitizeSql(sql, LONG)).toBe(text);
  });

  it.each(statements)('$name: the text stays when it is sanitized again', ({ text }) => {
    expect(sanitizeSql(text, LONG)).toBe(text);
  });

  it.each(statements)('$name: operation, targets and kind', ({ name, sql, text, ...summary }) => {
    expect(summarizeSql(sql)).toEqual(summary);
  });

  it.each(statements)('$name: lower case makes no difference but for the case', ({ sql, text }) => {
    expect(sanitizeSql(sql.toLowerCase(), LONG)).toBe(text.toLowerCase());
    expect(summarizeSql(sql.toLowerCase()).operation).toBe(summarizeSql(sql).operation);
  });
});

it('the list has at least 60 statements', () => {
  expect(queries.length + commands.length).toBeGreaterThanOrEqual(60);
});
