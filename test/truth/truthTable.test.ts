import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BackendTables, renderPage, withoutDriverTimes } from './page.js';
import { driverReport, ourReport, type Report } from './reports.js';
import type { Backend } from './scenario.js';
import { judgeConnection, judgeReport, judgeTimes, type TableRow } from './table.js';

const PAGE = join(import.meta.dirname, '../../docs/truth-table.md');
/** What the driver's times may be above the application's own. */
const DRIVER_SLACK_MS = 500;
const BACKENDS: readonly Backend[] = ['thrift', 'kernel'];
const ALLOWED = new Set(['✓', '–']);

const wrongCells = (rows: readonly TableRow[]): string[] =>
  rows.flatMap(({ scenario, judgement }) => judgement.wrong.map((what) => `${scenario.name}: ${what}`));

describe('the truth table', () => {
  const ours = new Map<Backend, Report>();

  beforeAll(async () => {
    // So that there is a locale to tell of, wherever the tests run.
    process.env['LC_ALL'] = 'en_US.UTF-8';
    for (const backend of BACKENDS) {
      ours.set(backend, await ourReport(backend));
    }
  }, 120_000);

  const reportOf = (backend: Backend): Report => {
    const report = ours.get(backend);
    if (report === undefined) {
      throw new Error(`no report of ${backend}`);
    }
    return report;
  };

  describe.each(BACKENDS)('%s', (backend) => {
    it('ours: every field of every operation is right, or not knowable for a reason', () => {
      const rows = judgeReport(reportOf(backend));
      expect(rows.length).toBeGreaterThanOrEqual(25);
      expect(wrongCells(rows)).toEqual([]);
    });

    it('ours: the time accounts of every statement sum to its span, and are what the server and the application say', () => {
      const judged = judgeTimes(reportOf(backend));
      expect(judged.size).toBeGreaterThanOrEqual(25);
      expect([...judged].filter(([, wrong]) => wrong.length > 0)).toEqual([]);
    });

    it('ours: one record per operation, and one per download that failed', () => {
      for (const { scenario, judgement, failedFiles } of judgeReport(reportOf(backend))) {
        expect(judgement.logs, scenario.name).toBe(1);
        const files = failedFiles ?? '–';
        expect(ALLOWED.has(files) || (backend === 'kernel' && files === 'kernel-inside'), scenario.name).toBe(
          true,
        );
      }
    });

    it('ours: no record has the id of another', () => {
      const ids = reportOf(backend).logs.map(({ frontend_log_event_id }) => frontend_log_event_id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).not.toContain(undefined);
    });

    it('ours: nothing of what the server says in words is in any of them', () => {
      expect(JSON.stringify(reportOf(backend).logs)).not.toMatch(
        /secret|SELECT|CREATE TABLE|presigned|\.csv/i,
      );
    });

    it('ours: the description of the connection is right', () => {
      const wrong = [...judgeConnection(reportOf(backend), false)].filter(([, verdict]) => verdict !== '✓');
      expect(wrong).toEqual(
        backend === 'thrift' ? [] : [[expect.stringContaining('async_poll'), 'kernel-inside']],
      );
    });
  });

  it('docs/truth-table.md says what was measured, the driver beside it', {
    timeout: 120_000,
    retry: 1,
  }, async () => {
    const tables: BackendTables[] = [];
    for (const backend of BACKENDS) {
      const driver = await driverReport(backend);
      tables.push({
        backend,
        ours: judgeReport(reportOf(backend)),
        driver: judgeReport(driver, DRIVER_SLACK_MS),
        ourConnection: judgeConnection(reportOf(backend), false),
        driverConnection: judgeConnection(driver, backend === 'thrift'),
      });
    }
    const page = renderPage(tables);
    if (process.env['WRITE_TRUTH_TABLE'] === '1') {
      await writeFile(PAGE, page);
    }
    expect(withoutDriverTimes(await readFile(PAGE, 'utf8'))).toBe(withoutDriverTimes(page));
  });
});
