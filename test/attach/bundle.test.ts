import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Scenario } from '../support/local-databricks/index.js';
import { startWorld, type World } from './support/world.js';

/** Native packages of the driver's, which no bundler takes along. */
const NATIVE = ['lz4-napi', '@databricks/databricks-sql-kernel-*', '*.node'];

const CLOUD_FETCH: Scenario = { format: 'cloudfetch', pages: 2, filesPerPage: 2, directResults: false };
const POLLED: Scenario = { polls: 2 };
const RETRIED: Scenario = { polls: 1, http: { GetOperationStatus: { status: 503, times: 1 } } };
const SCENARIOS = [CLOUD_FETCH, POLLED, RETRIED];

/** What people put before a bundle of ES modules, so that CommonJS in it runs. */
const BANNER = `
  import { createRequire } from 'node:module';
  import { dirname } from 'node:path';
  import { fileURLToPath } from 'node:url';
  const require = createRequire(import.meta.url);
  const __filename = fileURLToPath(import.meta.url);
  const __dirname = dirname(__filename);
`;

let world: World;

async function bundle(entry: string, outfile: string): Promise<void> {
  const isEsm = outfile.endsWith('.mjs');
  await build({
    entryPoints: [join(world.installation.folder, entry)],
    outfile: resolve(world.installation.folder, outfile),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: isEsm ? 'esm' : 'cjs',
    banner: { js: isEsm ? BANNER : '' },
    external: NATIVE,
    logLevel: 'error',
  });
}

beforeAll(async () => {
  world = await startWorld();
  await Promise.all([bundle('bundled.mjs', 'bundle.cjs'), bundle('bundledAlone.mjs', 'bundleAlone.cjs')]);
});

afterEach(() => world.reset());
afterAll(() => world?.stop());

const sentStatements = () =>
  world.db.telemetry
    .logs()
    .map(({ entry }) => entry?.sql_driver_log?.sql_operation)
    .filter((operation) => operation?.operation_detail?.operation_type === 'EXECUTE_STATEMENT');

describe('instrument(client) in a bundle with the driver inside', () => {
  it('two clients: one set of spans each, with polls, retries and downloads', async () => {
    const { code, stderr } = await world.run(['bundle.cjs'], { scenarios: SCENARIOS });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const names = world.receiver.spans.map(({ name }) => name);
    const count = (start: string) => names.filter((name) => name.startsWith(start)).length;
    expect(count('connect')).toBe(2);
    expect(count('openSession')).toBe(2);
    expect(count('SELECT rows')).toBe(2 * SCENARIOS.length);
    expect(count('wait')).toBe(2 * SCENARIOS.length);
    expect(count('download')).toBe(2 * 4);

    const [cloudFetch, polled, retried] = sentStatements();
    expect(cloudFetch).toMatchObject({
      execution_result: 'EXTERNAL_LINKS',
      chunk_details: { total_chunks_present: 4, total_chunks_iterated: 4 },
    });
    expect(polled?.operation_detail?.n_operation_status_calls).toBe(3);
    expect(retried?.retry_count).toBe(1);
    expect(sentStatements()).toHaveLength(2 * SCENARIOS.length);
  });

  it('runs in an ESM bundle with the usual banner, which declares createRequire and its like', async () => {
    await bundle('bundled.mjs', 'bundle.mjs');
    expect(await world.run(['bundle.mjs'])).toMatchObject({ code: 0, stderr: '' });
    expect(sentStatements()).toHaveLength(2);
  });
});

describe('startDatabricksTelemetry() in a bundle', () => {
  it('says that the SDK has to be named, where none is in reach of the bundle', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'bundle-'));
    const outfile = join(elsewhere, 'alone.mjs');
    await bundle('standalone.mjs', outfile);
    const { code, stderr } = await world.run([outfile]);
    await rm(elsewhere, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toContain('this code is bundled');
    expect(stderr).toContain('startDatabricksTelemetry({ sdk })');
  });
});

describe('instrument(client) in a bundle, and register, which no module hook tells of a driver', () => {
  const REGISTER = 'opentelemetry-databricks-sql/register';

  it.each([
    ['alone', ['--import', REGISTER]],
    ['beside another agent', ['--import', REGISTER, '--import', './ownSdk.mjs']],
  ])('%s: spans and records', async (_, args) => {
    const { code, stderr } = await world.run([...args, 'bundleAlone.cjs']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(world.receiver.spans).toHaveLength(4);
    expect(sentStatements()).toHaveLength(1);
  });
});
