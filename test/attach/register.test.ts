import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../docs/markdown.js';
import { startWorld, type World } from './support/world.js';

const REGISTER = 'opentelemetry-databricks-sql/register';
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];
const APP = ['--import', REGISTER, 'app.cjs'];
const DONE = { code: 0, stdout: '10 rows\n', stderr: '' };

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterEach(() => world.reset());

afterAll(() => world?.stop());

const spanNames = () => world.receiver.spans.map(({ name }) => name);
const address = () => `${world.db.host}:${world.db.port}`;

describe('register: the application has not a line of telemetry', () => {
  it.each([
    ['a CommonJS application by --require', ['--require', REGISTER, 'app.cjs']],
    ['a CommonJS application by --import', APP],
    ['an ESM application by --import', ['--import', REGISTER, 'app.mjs']],
    ['an ESM application by --require', ['--require', REGISTER, 'app.mjs']],
    [
      'an ESM application beside the loader hook of another instrumentation',
      ['--import', './otherInstrumentation.mjs', '--import', REGISTER, 'app.mjs'],
    ],
  ])('%s: spans to the backend, records to Databricks, and the process ends by itself', async (_, args) => {
    expect(await world.run(args)).toEqual(DONE);
    expect(spanNames()).toEqual([
      `connect ${address()}`,
      `openSession ${address()}`,
      'SELECT rows',
      `closeSession ${address()}`,
    ]);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it('the sampler that drops everything keeps spans from the backend, and no record from Databricks', async () => {
    expect(await world.run(APP, { environment: { OTEL_TRACES_SAMPLER: 'always_off' } })).toEqual(DONE);
    expect(spanNames()).toEqual([]);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it('the resource: the service, the host and the process, but no command line and no owner', async () => {
    const environment = { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'process.command=job,team=b' };
    const args = [...APP, '--password=hunter2'];
    expect(await world.run(args, { environment })).toEqual(DONE);
    const resource = world.receiver.spans[0]?.resource ?? {};
    expect(
      Object.keys(resource)
        .filter((name) => !name.startsWith('telemetry.sdk.'))
        .sort(),
    ).toEqual([
      'host.arch',
      ...('host.id' in resource ? ['host.id'] : []),
      'host.name',
      'process.command',
      'process.pid',
      'process.runtime.description',
      'process.runtime.name',
      'process.runtime.version',
      'service.name',
      'team',
    ]);
    // What the user says counts.
    expect(resource).toMatchObject({ 'service.name': 'shop', 'process.command': 'job', team: 'b' });
    expect(JSON.stringify(resource)).not.toContain('hunter2');
  });

  it('a global meter provider that throws costs the metrics, and nothing else', async () => {
    const early = `const fail = () => { throw new Error('the user’s own'); };
      require('@opentelemetry/api').metrics.setGlobalMeterProvider({ getMeter: fail });`;
    await writeFile(join(world.installation.folder, 'failingMeters.cjs'), early);
    expect(await world.run(['--require', './failingMeters.cjs', ...APP])).toEqual(DONE);
    expect(spanNames()).toHaveLength(4);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it('the console: the name of the service, inner spans on request, and no Databricks-only tag', async () => {
    const { code, stdout } = await world.run(APP, {
      environment: {
        OTEL_TRACES_EXPORTER: 'console',
        OTEL_SERVICE_NAME: 'shop',
        DATABRICKS_OTEL_DETAIL: 'operations',
      },
    });
    expect(code).toBe(0);
    expect(stdout).toContain("'service.name': 'shop'");
    expect(stdout).toContain("name: 'SELECT rows'");
    expect(stdout).toContain("name: 'execute'");
    expect(stdout).not.toContain('databricks.auth.type');
  });

  it('DATABRICKS_OTEL_DRY_RUN writes the records to the file, and not one request is made', async () => {
    const environment = { DATABRICKS_OTEL_DRY_RUN: 'records.jsonl', OTEL_TRACES_EXPORTER: 'none' };
    expect(await world.run(APP, { environment })).toEqual(DONE);
    expect(world.db.telemetry.requestCount + world.db.flags.requestCount).toBe(0);
    const written = await readFile(join(world.installation.folder, 'records.jsonl'), 'utf8');
    for (const operation of OPERATIONS) {
      expect(written).toContain(operation);
    }
  });

  it.each([
    ['DATABRICKS_OTEL_ENABLE_TELEMETRY', 'false', 4],
    ['OTEL_SDK_DISABLED', 'true', 0],
  ])('%s=%s: nothing is sent to Databricks, the flag is not asked for', async (variable, value, spans) => {
    expect(await world.run(APP, { environment: { [variable]: value } })).toEqual(DONE);
    expect(world.receiver.spans).toHaveLength(spans);
    expect(world.db.telemetry.requestCount + world.db.flags.requestCount).toBe(0);
  });

  it('bad values are one line each on standard error, without any logger, and the application runs', async () => {
    const { code, stdout, stderr } = await world.run(APP, {
      environment: {
        OTEL_TRACES_SAMPLER: 'sometimes',
        DATABRICKS_OTEL_QUERY_TEXT: 'all',
        DATABRICKS_OTEL_BATCH_SIZE: 'many',
        DATABRICKS_OTEL_BATCHSIZE: '7',
      },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: DONE.stdout });
    const expected = [
      'DATABRICKS_OTEL_QUERY_TEXT is ',
      'DATABRICKS_OTEL_BATCH_SIZE is ',
      'OTEL_TRACES_SAMPLER is ',
      "there is no environment variable 'DATABRICKS_OTEL_BATCHSIZE'",
    ];
    expect(stderr.trimEnd().split('\n')).toEqual(
      expect.arrayContaining(expected.map((text) => expect.stringContaining(text))),
    );
    expect(stderr.trimEnd().split('\n')).toHaveLength(expected.length);
    expect(world.receiver.spans).toHaveLength(4);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it('OTEL_CONFIG_FILE, which is not read yet: one line says what to set instead, and all else works', async () => {
    const { code, stdout, stderr } = await world.run(APP, { environment: { OTEL_CONFIG_FILE: 'sdk.yaml' } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: DONE.stdout });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/OTEL_CONFIG_FILE is not read yet.*OTEL_\*.*DATABRICKS_OTEL_\*/),
    ]);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it('DATABRICKS_OTEL_DRY_RUN to a path that can not be written: one line, and not one request is made', async () => {
    const environment = { DATABRICKS_OTEL_DRY_RUN: 'missing/records.jsonl', OTEL_TRACES_EXPORTER: 'none' };
    const { code, stderr } = await world.run(APP, { environment });
    expect(code).toBe(0);
    expect(stderr).toContain("'missing/records.jsonl' can't be used: its folder does not exist");
    expect(world.db.telemetry.requestCount + world.db.flags.requestCount).toBe(0);
  });

  describe('where no SDK is installed', () => {
    let elsewhere: string;

    beforeEach(async () => {
      elsewhere = await mkdtemp(join(tmpdir(), 'no-sdk-'));
      const modules = join(elsewhere, 'app/node_modules');
      const own = join(world.installation.folder, 'node_modules/opentelemetry-databricks-sql');
      await cp(own, join(modules, 'opentelemetry-databricks-sql'), { recursive: true });
      await mkdir(join(modules, '@opentelemetry'));
      for (const name of ['@opentelemetry/api', 'require-in-the-middle', 'undici']) {
        await symlink(join(ROOT, 'node_modules', name), join(modules, name));
      }
      await symlink(join(ROOT, 'node_modules/@databricks'), join(modules, '@databricks'));
      await writeFile(
        join(elsewhere, 'app/app.cjs'),
        "require('@databricks/sql'); process.stdout.write('runs\\n');",
      );
    });
    afterEach(() => rm(elsewhere, { recursive: true }));

    const runFrom = (cwd: string) => {
      const register = join(elsewhere, 'app/node_modules/opentelemetry-databricks-sql/dist/register.js');
      return world.run(['--import', register, join(elsewhere, 'app/app.cjs')], { cwd });
    };

    it('one line says what to install', async () => {
      const { code, stdout, stderr } = await runFrom(join(elsewhere, 'app'));
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'runs\n' });
      expect(stderr.trimEnd().split('\n')).toEqual([
        expect.stringContaining('npm install @opentelemetry/sdk-trace'),
      ]);
    });

    it('what somebody planted in the working directory is not run', async () => {
      for (const name of ['sdk-trace', 'sdk-trace-base', 'sdk-node', 'core']) {
        const planted = join(elsewhere, 'cwd/node_modules/@opentelemetry', name);
        await mkdir(planted, { recursive: true });
        await writeFile(join(planted, 'index.js'), "process.stdout.write('planted code\\n');");
      }
      const { code, stdout } = await runFrom(join(elsewhere, 'cwd'));
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'runs\n' });
    });
  });

  it('nothing global is set in a program that never loads the driver', async () => {
    const { code, stdout, stderr } = await world.run(['--import', REGISTER, 'withoutDriver.cjs']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'nothing global\n', stderr: '' });
  });
});

describe('startDatabricksTelemetry in a program that never stops it', () => {
  it('what is queued at the end is sent then, what is open as incomplete, and the process ends', async () => {
    expect(await world.run(['standalone.mjs'])).toEqual({ code: 0, stdout: '10 rows\nend\n', stderr: '' });
    expect(spanNames()).toEqual([]);
    expect(world.sentOperations()).toEqual([...OPERATIONS, 'CREATE_SESSION', 'EXECUTE_STATEMENT']);
  });
});
