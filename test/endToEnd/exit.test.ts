import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type LocalDatabricks, startLocalDatabricks } from '../support/local-databricks/index.js';

const CHILD = fileURLToPath(new URL('./children/neverCloses.ts', import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(db: LocalDatabricks, options: Record<string, unknown> = {}): Promise<Outcome> {
  const connectOptions = db.connectOptions({ checkServerCertificate: false, ...options });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(connectOptions)]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // A child that does not end by itself fails the test by its timeout.
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
  });
}

describe('a process that closes nothing ends by itself, without a word', () => {
  let db: LocalDatabricks;

  beforeAll(async () => {
    db = await startLocalDatabricks();
  });

  afterAll(() => db.close());

  it.each([
    ['the export endpoint hangs', () => db.telemetry.answer('hang')],
    ['the export endpoint answers without an end', () => db.telemetry.answer('endless-body')],
    [
      'the export endpoint answers 503, so that retries are pending',
      () => db.telemetry.answer({ status: 503 }),
    ],
    ['the flag endpoint hangs', () => db.flags.answer('hang')],
  ])('%s', async (_name, arrange) => {
    db.reset();
    arrange();
    const { code, stdout, stderr } = await run(db);

    expect(stderr).toBe('');
    expect(code).toBe(0);
    // It ended before what it waited for: no request had run into its timeout, of several seconds.
    expect(JSON.parse(stdout)).toEqual({ rows: 10, timeouts: 0 });
    expect(db.telemetry.requests.length + db.flags.requests.length).toBeGreaterThan(0);
  });
});
