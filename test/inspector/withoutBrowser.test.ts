import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

describe('the tests in a browser, on a machine without Chromium', () => {
  it('are left out, with one line that says so, and all is well', async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [VITEST, 'run', 'test/browser', '--reporter=json'],
      { cwd: REPOSITORY, env: { ...process.env, CHROMIUM: '/nonexistent/chromium' } },
    );
    const report = JSON.parse(stdout.slice(stdout.indexOf('{')));
    expect(report).toMatchObject({ success: true, numFailedTests: 0, numPassedTests: 0 });
    expect(report.numPendingTests).toBeGreaterThan(10);
    expect(stderr.split('\n').filter((line) => line.includes('Chromium'))).toEqual([
      'The tests in a browser are left out: there is no Chromium. See CONTRIBUTING.md.',
    ]);
  }, 60_000);
});
