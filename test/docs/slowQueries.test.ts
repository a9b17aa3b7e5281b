import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tag, TIME_ACCOUNTS } from '../../src/tags/index.js';
import { slowStatements } from '../ledger/slowStatements.js';
import { codeSpans, ROOT, readPage, section } from './markdown.js';

const PAGE = readPage('docs/slow-queries.md');
const headingOf = (account: string): string => account.charAt(0).toUpperCase() + account.slice(1);

describe('the page about slow statements', () => {
  it('has a section for every account', () => {
    for (const account of TIME_ACCOUNTS) {
      expect(section(PAGE, headingOf(account)).length, account).toBeGreaterThan(100);
    }
  });

  it.each(slowStatements(1))('has a picture of $account, in which $account is the largest', ({ account }) => {
    const [, alt = '', file = ''] = /!\[([^\]]+)\]\(([^)]+)\)/.exec(section(PAGE, headingOf(account))) ?? [];
    expect(alt).not.toBe('');
    const picture = readFileSync(join(ROOT, dirname(PAGE.path), file), 'utf8');
    expect(picture).toContain(`<title id="title">${account}: `);
    // The accounts, the largest first.
    expect(picture).toMatch(new RegExp(`Its time: ${account} [\\d,]+ ms`));
    expect(picture).toContain('prefers-color-scheme:dark');
    // GitHub shows no picture that asks for something else.
    expect(picture).not.toMatch(/(?:href|src)=|<script|url\(/);
  });

  it('names options that the driver has', () => {
    const contracts = ['IDBSQLClient', 'IDBSQLSession', 'IOperation'].map((name) =>
      readFileSync(join(ROOT, 'node_modules/@databricks/sql/dist/contracts', `${name}.d.ts`), 'utf8'),
    );
    const known = new Set(contracts.join('\n').match(/\b\w+(?=\??[:(])/g));
    const named = codeSpans(PAGE.text)
      .map((code) => /^(?:await operation\.)?([a-z]+(?:[A-Z]\w*)+)(?:\(.*\)|: .*)?$/.exec(code)?.[1])
      .filter((name) => name !== undefined && name !== 'useKernel');
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => name !== undefined && !known.has(name))).toEqual([]);
  });
});

describe('the SQL for Databricks’ dashboards', () => {
  const sql = readFileSync(join(ROOT, 'docs/dashboards/where-the-time-went.sql'), 'utf8');

  it('asks for tags that exist, and for every account', () => {
    const asked = [...sql.matchAll(/attributes:\['([^']+)'\]/g)].map(([, tag = '']) => tag);
    const known: readonly string[] = Object.values(Tag);
    expect(asked.filter((tag) => !known.includes(tag))).toEqual([]);
    expect(asked).toEqual(
      expect.arrayContaining(TIME_ACCOUNTS.map((account) => `databricks.time.${account}_ms`)),
    );
  });

  it('asks for documented columns of the query history', () => {
    const asked = [...sql.matchAll(/\bh\.(\w+)/g)].map(([, column = '']) => column);
    expect(asked.filter((column) => !HISTORY.includes(column))).toEqual([]);
    const inPage = [...PAGE.text.matchAll(/`((?:\w+_)?(?:duration_ms|bytes|files))`/g)].map(
      ([, column = '']) => column,
    );
    expect(inPage.filter((column) => !HISTORY.includes(column))).toEqual([]);
  });
});

/** Columns that the documentation of `system.query.history` lists, of those that may be of use here. */
const HISTORY = [
  'statement_id',
  'start_time',
  'end_time',
  'execution_status',
  'compute',
  'total_duration_ms',
  'waiting_for_compute_duration_ms',
  'waiting_at_capacity_duration_ms',
  'compilation_duration_ms',
  'execution_duration_ms',
  'result_fetch_duration_ms',
  'total_task_duration_ms',
  'read_rows',
  'read_bytes',
  'read_files',
  'pruned_files',
  'produced_rows',
  'spilled_local_bytes',
  'from_result_cache',
];
