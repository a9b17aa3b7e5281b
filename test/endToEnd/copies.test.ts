import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startLocalDatabricks } from '../support/local-databricks/index.js';

const CHILD = fileURLToPath(new URL('./children/copies.ts', import.meta.url));

it.each(['standalone', 'sdk'])(
  'a program that exits right after shutdown() has all requests in its copy: %s',
  async (setUp) => {
    const folder = mkdtempSync(join(tmpdir(), 'copies-'));
    const db = await startLocalDatabricks();
    onTestFinished(async () => {
      await db.close();
      rmSync(folder, { recursive: true });
    });
    const path = join(folder, 'sent.jsonl');
    const options = JSON.stringify(db.connectOptions({ checkServerCertificate: false }));
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--import', 'tsx', CHILD],
      ...[options, path, setUp],
    ]);

    const requests = db.telemetry.requests.map(({ body }) => body.toString('utf8'));
    expect(requests.length).toBeGreaterThan(0);
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    expect(lines.map((line) => line.replace(/,"sent":\{[^}]*\}\}$/, '}'))).toEqual(requests);
    expect(JSON.parse(stdout)).toEqual({ written: requests.length, dropped: 0 });
  },
);
