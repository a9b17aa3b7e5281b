import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sanitizeSql, summarizeSql } from '../../src/instrumentation/sql/index.js';

const LONG = 10_000;
const FOLDER = new URL('exam/', import.meta.url);
const ESCAPE = /\\(.)/g;

interface ExpectedStatement {
  readonly sql: string;
  readonly text: string;
  readonly summary: string | undefined;
}

const FAMILIES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => [file.slice(0, -'.txt'.length), read(file)] as const);

function read(file: string): ExpectedStatement[] {
  const blocks = readFileSync(new URL(file, FOLDER), 'utf8').trimEnd().split('\n\n');
  return blocks.map((block) => {
    const [sql = '', text = '', summary = ''] = block.split('\n').map((line) => unescaped(line.trimStart()));
    return { sql, text: text === '=' ? sql : text, summary: summary === '-' ? undefined : summary };
  });
}

function unescaped(line: string): string {
  return line.replaceAll(ESCAPE, (_, code: string) => (code === 'n' ? '\n' : code));
}

describe.each(FAMILIES)('Databricks statements: %s', (_, statements) => {
  it.each(statements)('$sql: exact text without values', ({ sql, text }) => {
    expect(sanitizeSql(sql, LONG)).toBe(text);
  });

  it.each(statements)('$sql: the text stays when it is sanitized again', ({ text }) => {
    expect(sanitizeSql(text, LONG)).toBe(text);
  });

  it.each(statements)('$sql: operations and targets', ({ sql, summary }) => {
    expect(summarizeSql(sql).summary).toBe(summary);
  });

  it.each(statements)(
    '$sql: the text says the same as the statement, but for values',
    ({ text, summary }) => {
      expect(summarizeSql(text).summary).toBe(summary);
    },
  );

  it.each(statements)('$sql: lower case makes no difference but for the case', ({ sql, text, summary }) => {
    expect(sanitizeSql(sql.toLowerCase(), LONG)).toBe(text.toLowerCase());
    expect(summarizeSql(sql.toLowerCase()).summary).toBe(summary?.toLowerCase());
  });

  it.each(statements)('$sql: cut anywhere, the text is stable', ({ sql }) => {
    for (let length = 0; length <= sql.length + 1; length++) {
      const text = sanitizeSql(sql, length);
      expect(sanitizeSql(text, length)).toBe(text);
      expect(text.length).toBeLessThanOrEqual(length);
    }
  });
});

it('there are at least 400 statements', () => {
  expect(FAMILIES.reduce((sum, [, statements]) => sum + statements.length, 0)).toBeGreaterThanOrEqual(400);
});
