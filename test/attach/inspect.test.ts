import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './support/world.js';

const REGISTER = 'opentelemetry-databricks-sql/register';
const APP = ['--import', REGISTER, 'app.cjs'];
const COMMAND = 'node_modules/opentelemetry-databricks-sql/dist/cli.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterEach(() => world.reset());

afterAll(() => world?.stop());

describe('register with DATABRICKS_OTEL_INSPECT', () => {
  it.each([
    ['--import', APP],
    ['--require', ['--require', REGISTER, 'app.cjs']],
  ])('prints the address of a page, and the process ends by itself: %s', async (_, args) => {
    const { code, stdout, stderr } = await world.run(args, { environment: { DATABRICKS_OTEL_INSPECT: '1' } });
    expect(stderr).toMatch(
      /^opentelemetry-databricks-sql: inspector at http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/\n$/,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '10 rows\n' });
    expect(world.sentOperations()).toHaveLength(3);
  });

  it('says what is wrong with a value, and the application runs on', async () => {
    const { code, stdout, stderr } = await world.run(APP, {
      environment: { DATABRICKS_OTEL_INSPECT: 'maybe' },
    });
    expect(stderr).toContain("DATABRICKS_OTEL_INSPECT is not '1' or a port");
    expect({ code, stdout }).toEqual({ code: 0, stdout: '10 rows\n' });
  });
});

describe('DATABRICKS_OTEL_COPY_TO', () => {
  it('copies the bytes that the server got, for the owner only', async () => {
    const path = join(world.installation.folder, 'sent.jsonl');
    const { code } = await world.run(APP, { environment: { DATABRICKS_OTEL_COPY_TO: path } });
    expect(code).toBe(0);
    const bodies = world.db.telemetry.requests.map(({ body }) => body.toString('utf8'));
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/,"sent":\{[^}]*\}\}$/, '}'))).toEqual(bodies);
    expect(JSON.parse(lines[0] ?? '').sent).toMatchObject({ host: world.db.host, outcome: '200' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('says what is wrong with the file, sends all the same, and copies nothing', async () => {
    const { code, stderr } = await world.run(APP, {
      environment: { DATABRICKS_OTEL_COPY_TO: 'missing/sent.jsonl' },
    });
    expect(stderr).toContain(
      "'missing/sent.jsonl' can't be used: its folder does not exist; nothing is copied",
    );
    expect(code).toBe(0);
    expect(world.sentOperations()).toHaveLength(3);
  });
});

describe('the command, installed', () => {
  it('finds that all is well, without a packet', async () => {
    const { code, stdout } = await world.run([COMMAND, 'doctor']);
    expect(stdout).toContain('ok    Driver              @databricks/sql ');
    expect(stdout).toContain(`ok    Instrumentation     the driver is observed where ${REGISTER} is loaded`);
    expect(stdout).toContain("sent if the server's feature flag is on");
    expect(code).toBe(0);
    expect(world.receiver.spans).toEqual([]);
    expect(world.db.telemetry.requests).toEqual([]);
  });

  it('lists the tags', async () => {
    const { code, stdout } = await world.run([COMMAND, 'tags']);
    expect(stdout).toContain('databricks.statement.id');
    expect(code).toBe(0);
  });
});
