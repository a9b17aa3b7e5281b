import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalDatabricks, startLocalDatabricks } from '../support/local-databricks/index.js';

const CHILD = fileURLToPath(new URL('./children/shutdownThenExit.ts', import.meta.url));

let db: LocalDatabricks;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'copies-'));
  db = await startLocalDatabricks();
});

afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

/** Runs the program to its end. Rejects if it fails. */
function run(setUp: string, copyTo = '', environment: Readonly<Record<string, string>> = {}) {
  const options = JSON.stringify(db.connectOptions({ checkServerCertificate: false }));
  const env = { ...process.env, ...environment };
  return promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD, options, copyTo, setUp], { env });
}

it.each(['standalone', 'sdk'])(
  'a program that exits right after shutdown() has all requests in its copy: %s',
  async (setUp) => {
    const path = join(folder, 'sent.jsonl');
    const { stdout } = await run(setUp, path);

    const requests = db.telemetry.requests.map(({ body }) => body.toString('utf8'));
    expect(requests.length).toBeGreaterThan(0);
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    expect(lines.map((line) => line.replace(/,"sent":\{[^}]*\}\}$/, '}'))).toEqual(requests);
    expect(JSON.parse(stdout)).toEqual({ written: requests.length, dropped: 0 });
  },
);

it.each(['standalone', 'sdk'])(
  "a DATABRICKS_OTEL_COPY_TO that can't be used is one line on standard error where no logger is set: %s",
  async (setUp) => {
    const path = join(folder, 'missing', 'sent.jsonl');
    const { stderr } = await run(setUp, undefined, { DATABRICKS_OTEL_COPY_TO: path });
    expect(stderr).toBe(
      `opentelemetry-databricks-sql DATABRICKS_OTEL_COPY_TO: '${path}' can't be used: ` +
        'its folder does not exist; nothing is copied\n',
    );
    expect(db.telemetry.requests.length).toBeGreaterThan(0);
  },
);

it.each(['standalone', 'sdk'])(
  'an endpoint that hangs at shutdown: its records are counted, with one line in the log: %s',
  async (setUp) => {
    db.telemetry.answer('hang');
    const { stderr } = await run(setUp, undefined, { TEST_LOGS: '1' });
    expect(stderr).toBe('opentelemetry-databricks-sql telemetry records lost: 3 shutdown\n');
  },
);
