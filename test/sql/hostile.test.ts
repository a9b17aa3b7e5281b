import { afterEach, describe, expect, it } from 'vitest';
import { sanitizeSql, summarizeSql } from '../../src/instrumentation/sql/index.js';

const MEGABYTE = 1_000_000;
const MAX_LENGTH = 4_096;
const SMALL_LENGTH = 50;
const LONGEST_UNIT = 100;
/** What is worse than linear would exceed this by far. */
const MOST_READS_PER_CHARACTER = 12;
const SUMMARY_WINDOW = 8_192;

interface HostileInput {
  readonly name: string;
  /** What the input is made of, and what stands before it. */
  readonly unit: string;
  readonly before: string;
  /** What becomes of it; undefined if it fills the whole length. */
  readonly text: string | undefined;
}

const INPUTS: readonly HostileInput[] = [
  { name: 'quotes', unit: "'", before: '', text: '?' },
  { name: 'double quotes', unit: '"', before: '', text: '?' },
  { name: 'open string', unit: 'a', before: "'", text: '?' },
  { name: 'backslashes in a string', unit: '\\', before: "'", text: '?' },
  { name: 'raw strings', unit: "r'", before: '', text: undefined },
  { name: 'backticks', unit: '`', before: '', text: '?' },
  { name: 'open name', unit: 'a', before: '`', text: '?' },
  { name: 'paths in backticks', unit: '`/`.', before: '', text: undefined },
  { name: 'open comment', unit: 'x*', before: '/*', text: '' },
  { name: 'nested comments', unit: '/*', before: '', text: '' },
  { name: 'nested hints', unit: '/*+ ', before: '', text: '' },
  { name: 'strings in a hint', unit: "'*/'", before: '/*+', text: '' },
  { name: 'comment after comment', unit: '/**/', before: '', text: '' },
  { name: 'line comments', unit: '--\n', before: '', text: '' },
  { name: 'continued line comment', unit: '\\\n', before: '--', text: '' },
  { name: 'white space', unit: ' \t\n', before: '', text: '' },
  { name: 'open parentheses', unit: '(', before: '', text: undefined },
  { name: 'closed parentheses', unit: ')', before: '', text: undefined },
  { name: 'lists in lists', unit: 'IN (', before: '', text: undefined },
  { name: 'dollars', unit: '$', before: '', text: undefined },
  { name: 'dollar tags', unit: '$a', before: '', text: undefined },
  { name: 'one tag without an end', unit: 'a', before: '$', text: '$?' },
  { name: 'signs', unit: '- ', before: '', text: undefined },
  { name: 'signs far apart', unit: `-${' '.repeat(99)}`, before: '', text: undefined },
  { name: 'dots', unit: '.', before: '', text: undefined },
  { name: 'numbers', unit: '1 ', before: '', text: undefined },
  { name: 'one number', unit: '1', before: '', text: '?' },
  { name: 'exponents', unit: '1e+', before: '', text: undefined },
  { name: 'one word', unit: 'a', before: '', text: '?' },
  { name: 'one long name of a column', unit: 'a', before: 'SELECT ', text: 'SELECT' },
  { name: 'labels', unit: 'l: ', before: '', text: undefined },
  { name: 'colons far apart', unit: `l${' '.repeat(50)}`, before: '', text: undefined },
  { name: 'words', unit: 'abc ', before: '', text: undefined },
  { name: 'one URI', unit: 'a://', before: '', text: '?' },
  { name: 'typographic quotes', unit: '‘', before: '', text: undefined },
  { name: 'adjacent strings', unit: "'a' ", before: '', text: '?' },
  { name: 'a list of numbers', unit: '1, ', before: 'SELECT x IN (', text: 'SELECT x IN (?,' },
  { name: 'a list of strings', unit: "'a', ", before: 'SELECT x IN (', text: 'SELECT x IN (?,' },
  { name: 'a list of NULLs', unit: 'NULL,', before: 'SELECT x IN (', text: 'SELECT x IN (?,' },
  { name: 'a list of commas', unit: ',', before: 'SELECT x IN (', text: 'SELECT x IN (' },
  { name: 'a list of one name', unit: 'a,', before: 'SELECT x IN (', text: 'SELECT x IN (a' },
  { name: 'a list of names', unit: 'a,b,', before: 'SELECT x IN (', text: undefined },
  {
    name: 'a list of dates',
    unit: "DATE'2024-01-01',",
    before: 'SELECT x IN (',
    text: 'SELECT x IN (DATE ?,',
  },
  { name: 'rows', unit: "(1, 'a', NULL), ", before: 'VALUES ', text: 'VALUES (?, ?, ?),' },
  { name: 'rows of changing length', unit: '(1),(1,1),', before: 'VALUES ', text: undefined },
  { name: 'one endless row after a short one', unit: '(', before: 'VALUES (1), ', text: undefined },
  { name: 'comments behind BEGIN', unit: '--\n', before: 'BEGIN ', text: 'BEGIN' },
  { name: 'comments behind SET', unit: '--\n', before: 'SET ', text: 'SET' },
  { name: 'hints behind COPY INTO', unit: '/*+ 1 */', before: 'COPY INTO t FROM ', text: 'COPY INTO t FROM' },
  { name: 'a long name of a principal', unit: 'é', before: 'CREATE USER ', text: 'CREATE USER ?' },
  { name: 'a principal of many words', unit: 'as ', before: 'SHOW GRANTS ', text: 'SHOW GRANTS ?' },
  { name: 'options without quotes', unit: "a'x',", before: 'ALTER CONNECTION c OPTIONS (', text: undefined },
  { name: 'options without parentheses', unit: 'OPTIONS ;ALTER ', before: 'ALTER ', text: undefined },
  { name: 'signs behind INSERT', unit: '+', before: 'INSERT INTO t ', text: undefined },
  { name: 'equals signs of a tag', unit: '"= :a', before: 'SET TAG ON ', text: undefined },
  { name: 'settings', unit: 'SET a.b=c;', before: '', text: 'SET a.b=?' },
];

const charCodeAt = String.prototype.charCodeAt;

afterEach(() => {
  String.prototype.charCodeAt = charCodeAt;
});

function hostile({ unit, before }: HostileInput, size: number): string {
  return before + unit.repeat(Math.ceil(size / unit.length));
}

/** How often a character is looked at during a call. */
function countReads(call: () => unknown): number {
  let reads = 0;
  String.prototype.charCodeAt = function count(this: string, index: number): number {
    reads++;
    return charCodeAt.call(this, index);
  };
  call();
  String.prototype.charCodeAt = charCodeAt;
  return reads;
}

describe.each(INPUTS)('hostile SQL: $name', (input) => {
  it('a megabyte of it is sanitized, stably', () => {
    const text = sanitizeSql(hostile(input, MEGABYTE), MAX_LENGTH);
    if (input.text === undefined) {
      expect(text.length).toBeGreaterThan(MAX_LENGTH - LONGEST_UNIT);
      expect(text.length).toBeLessThanOrEqual(MAX_LENGTH);
    } else {
      expect(text).toBe(input.text);
    }
    expect(sanitizeSql(text, MAX_LENGTH)).toBe(text);
  });

  it.each([10_000, 100_000])('%i characters of it are read a few times each', (size) => {
    const sql = hostile(input, size);
    const reads = countReads(() => sanitizeSql(sql, Number.POSITIVE_INFINITY));
    expect(reads).toBeLessThan(MOST_READS_PER_CHARACTER * sql.length);
  });

  it('its summary is made from its beginning', () => {
    const sql = `SELECT ${hostile(input, MEGABYTE / 10)}`;
    expect(countReads(() => summarizeSql(sql))).toBeLessThan(4 * MOST_READS_PER_CHARACTER * SUMMARY_WINDOW);
    expect(summarizeSql(sql).summary).toMatch(/^SELECT\b/);
  });
});

describe.each(INPUTS.filter(({ text }) => text === undefined))('endless SQL: $name', (input) => {
  it('is not read any further when the text is full', () => {
    const sql = hostile(input, MEGABYTE / 10);
    const reads = countReads(() => sanitizeSql(sql, SMALL_LENGTH));
    expect(reads).toBeLessThan(MOST_READS_PER_CHARACTER * LONGEST_UNIT * SMALL_LENGTH);
  });
});
