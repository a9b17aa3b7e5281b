import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TAG_TABLE } from '../../src/tags/index.js';
import { startWorld, type World } from './support/world.js';

const REGISTER = 'opentelemetry-databricks-sql/register';
/** What Sentry's SDK leaves in a process, whether it makes spans or not. */
const SENTRY_WITHOUT_SPANS = 'data:text/javascript,globalThis.__SENTRY__ = { version: "11.12.0" }';
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];
const DONE = { code: 0, stdout: '10 rows\n', stderr: '' };
const DATABRICKS_ONLY = TAG_TABLE.rows
  .filter(({ scope }) => scope === 'exportDatabricks')
  .map(({ name }) => name);

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.reset());
afterAll(() => world?.stop());

const importing = (...files: string[]) => files.flatMap((file) => ['--import', file]);
const lines = (text: string) => text.trimEnd().split('\n');

function expectSpans(): void {
  const { spans } = world.receiver;
  expect(spans.map(({ name }) => name.split(' ')[0])).toEqual([
    'connect',
    'openSession',
    'SELECT',
    'closeSession',
  ]);
  expect(spans.flatMap(({ attributes }) => Object.keys(attributes))).not.toEqual(
    expect.arrayContaining([expect.stringMatching(new RegExp(`^(${DATABRICKS_ONLY.join('|')})$`))]),
  );
}

describe('register beside another agent: its spans, our records, nothing doubled, not a word', () => {
  it.each([
    ['the agent first', ['./ownSdk.mjs', REGISTER], 'app.cjs'],
    ['register first', [REGISTER, './ownSdk.mjs'], 'app.cjs'],
    ['register first, before an ESM application', [REGISTER, './ownSdk.mjs'], 'app.mjs'],
    ['an agent with an older copy of the API', [REGISTER, './olderApi.mjs'], 'app.cjs'],
  ])('%s', async (_, files, app) => {
    expect(await world.run([...importing(...files), app])).toEqual(DONE);
    expectSpans();
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it.each([
    ['DATABRICKS_OTEL_ENABLE_TELEMETRY', 'false', 4],
    ['DATABRICKS_TELEMETRY_DISABLED', 'true', 4],
    ['DATABRICKS_OTEL_DRY_RUN', 'beside.jsonl', 4],
    ['OTEL_SDK_DISABLED', 'true', 0],
  ])('%s=%s: nothing is sent to Databricks', async (variable, value, spans) => {
    const args = [...importing(REGISTER, './ownSdk.mjs'), 'app.cjs'];
    expect(await world.run(args, { environment: { [variable]: value } })).toEqual(DONE);
    expect(world.receiver.spans).toHaveLength(spans);
    expect(world.db.telemetry.requestCount + world.db.flags.requestCount).toBe(0);
  });

  it('OTEL_LOG_LEVEL=info: one line when the driver is there, one for its first connection', async () => {
    const environment = { OTEL_LOG_LEVEL: 'info' };
    const { stdout } = await world.run([...importing(REGISTER, './ownSdk.mjs'), 'app.cjs'], { environment });
    expect(lines(stdout).filter((line) => line.startsWith('opentelemetry-databricks-sql'))).toEqual([
      'opentelemetry-databricks-sql 0.1.0, by register: @databricks/sql 2.1.0 is observed; its spans are made by the tracer provider that was registered before',
      "opentelemetry-databricks-sql first connection of NodejsDatabricksSqlConnector/2.1.0: its records go to Databricks, if the workspace's feature flag allows it",
    ]);
  });
});

describe('the HTTP spans of another agent', () => {
  it.each([
    ['the agent first', ['./httpsAgent.mjs', REGISTER]],
    ['register first', [REGISTER, './httpsAgent.mjs']],
  ])('are below the spans of the driver, %s', async (_, files) => {
    expect(await world.run([...importing(...files), 'app.cjs'])).toEqual(DONE);
    const { spans } = world.receiver;
    const nameOf = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name.split(' ')[0];
    const parents = spans
      .filter(({ scope }) => scope === 'https-agent')
      .map(({ parentSpanId }) => nameOf(parentSpanId));
    expect(parents).toEqual(expect.arrayContaining(['openSession', 'SELECT', 'closeSession']));
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });
});

describe('what was found and what is on', () => {
  it('OTEL_LOG_LEVEL=info, register alone', async () => {
    const environment = { OTEL_LOG_LEVEL: 'info', DATABRICKS_OTEL_ENABLE_TELEMETRY: 'false' };
    const { stdout } = await world.run([...importing(REGISTER), 'app.cjs'], { environment });
    expect(lines(stdout).filter((line) => line.startsWith('opentelemetry-databricks-sql'))).toEqual([
      expect.stringMatching(
        /0\.1\.0, by register: @databricks\/sql 2\.1\.0 is observed; its spans go to otlp, by @opentelemetry\/sdk-trace/,
      ),
      expect.stringMatching(/: no records, switched off by DATABRICKS_OTEL_ENABLE_TELEMETRY$/),
    ]);
  });

  it('OTEL_LOG_LEVEL=info, startDatabricksTelemetry', async () => {
    const { stdout, stderr } = await world.run(['standalone.mjs'], {
      environment: { OTEL_LOG_LEVEL: 'info' },
    });
    // Nobody has set a logger: that is the SDK's, or register's, affair.
    expect({ stdout, stderr }).toEqual({ stdout: '10 rows\nend\n', stderr: '' });
  });

  it('an instrumentation without any tracer provider: one line that says what to do, and no logger needed', async () => {
    const { code, stdout, stderr } = await world.run(['onlyInstrumentation.cjs']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: DONE.stdout });
    expect(lines(stderr)).toEqual([expect.stringContaining('no tracer provider is registered')]);
    expect(stderr).toContain('new DatabricksSqlInstrumentation({ processor');
  });

  it('the same with OTEL_LOG_LEVEL=none in a polluted Object.prototype, which is nobody’s wish', async () => {
    const pollution = `Object.defineProperty(Object.prototype, 'OTEL_LOG_LEVEL', { value: 'none' })`;
    const args = [...importing(`data:text/javascript,${pollution}`), 'onlyInstrumentation.cjs'];
    const { stderr } = await world.run(args);
    expect(lines(stderr)).toEqual([expect.stringContaining('no tracer provider is registered')]);
  });

  it('the same where Sentry 11 runs, which registers a provider only on demand: the line says how', async () => {
    const { stderr } = await world.run([...importing(SENTRY_WITHOUT_SPANS), 'onlyInstrumentation.cjs']);
    expect(lines(stderr)).toEqual([expect.stringMatching(/no tracer provider is registered.*Sentry 11/)]);
    expect(stderr).toContain('enableOpenTelemetrySetup: true');
  });

  it('register beside Sentry 11 that makes no spans: what becomes of them, and how Sentry gets them', async () => {
    const environment = { OTEL_LOG_LEVEL: 'info' };
    const args = [...importing(SENTRY_WITHOUT_SPANS, REGISTER), 'app.cjs'];
    const { stdout } = await world.run(args, { environment });
    expect(lines(stdout)[0]).toMatch(
      /its spans go to otlp, by @opentelemetry\/sdk-trace.*enableOpenTelemetrySetup/,
    );
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it('a span processor of the user’s that throws in onStart: one line that says so, and not that there is no provider', async () => {
    const app = `
      import { DBSQLClient } from '@databricks/sql';
      import { startDatabricksTelemetry } from 'opentelemetry-databricks-sql';
      import queries from './queries.cjs';
      const onStart = () => { throw new Error('the user’s own'); };
      const idle = { onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
      startDatabricksTelemetry({ spanProcessors: [{ ...idle, onStart }] });
      await queries(DBSQLClient);`;
    await writeFile(join(world.installation.folder, 'failingStart.mjs'), app);
    const { code, stdout, stderr } = await world.run(['failingStart.mjs']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: DONE.stdout });
    expect(lines(stderr)).toEqual([
      expect.stringContaining('a span processor or sampler that was registered threw'),
    ]);
  });

  it('a tracer provider that is not the global one, and drops all spans: nothing to say', async () => {
    const app = `
      const { AlwaysOffSampler, BasicTracerProvider } = require('@opentelemetry/sdk-trace-base');
      const { DatabricksSqlInstrumentation } = require('opentelemetry-databricks-sql');
      const provider = new BasicTracerProvider({ sampler: new AlwaysOffSampler() });
      new DatabricksSqlInstrumentation().setTracerProvider(provider);
      require('./app.cjs');`;
    await writeFile(join(world.installation.folder, 'ownProvider.cjs'), app);
    expect(await world.run(['ownProvider.cjs'])).toEqual(DONE);
  });

  it('the API’s stand-in for a tracer provider is none', async () => {
    const app = `
      const { trace } = require('@opentelemetry/api');
      const { DatabricksSqlInstrumentation } = require('opentelemetry-databricks-sql');
      new DatabricksSqlInstrumentation().setTracerProvider(trace.getTracerProvider());
      require('./app.cjs');`;
    await writeFile(join(world.installation.folder, 'standIn.cjs'), app);
    const { stderr } = await world.run(['standIn.cjs']);
    expect(lines(stderr)).toEqual([expect.stringContaining('no tracer provider is registered')]);
  });

  it.each(['OTEL_SDK_DISABLED', 'OTEL_LOG_LEVEL'])('the same with %s: silence', async (variable) => {
    const environment = { [variable]: variable === 'OTEL_LOG_LEVEL' ? 'none' : 'true' };
    expect(await world.run(['onlyInstrumentation.cjs'], { environment })).toEqual(DONE);
  });

  it('a dry run that can not be written, in a program that sets no logger: one line', async () => {
    const environment = { DATABRICKS_OTEL_DRY_RUN: 'missing/records.jsonl' };
    const { stderr } = await world.run(['standalone.mjs'], { environment });
    expect(lines(stderr)).toEqual([expect.stringContaining("'missing/records.jsonl' can't be used")]);
    expect(world.db.telemetry.requestCount + world.db.flags.requestCount).toBe(0);
  });

  it('a misspelt switch in a program that sets no logger: one line', async () => {
    const environment = { DATABRICKS_OTEL_ENABEL_TELEMETRY: 'false' };
    const { stderr } = await world.run(['standalone.mjs'], { environment });
    expect(lines(stderr)).toEqual([
      expect.stringContaining("Did you mean 'DATABRICKS_OTEL_ENABLE_TELEMETRY'?"),
    ]);
  });

  it.each([
    ['refuses', 'http://127.0.0.1:9', [/could not be exported to your backend: /]],
    ['has no scheme', '127.0.0.1', [/Could not parse .* URL: '127.0.0.1'/, /could not be exported/]],
    ['answers 404', undefined, [/could not be exported to your backend: Not Found 404/]],
  ])('a backend that %s: a line says so', async (_, url, expected) => {
    const refusing = createServer((_request, response) => response.writeHead(404).end()).listen(
      0,
      '127.0.0.1',
    );
    await once(refusing, 'listening');
    const { port } = refusing.address() as AddressInfo;
    const environment = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url ?? `http://127.0.0.1:${port}`,
      DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS: '500',
    };
    const { stdout, stderr } = await world.run([...importing(REGISTER), 'app.cjs'], { environment });
    refusing.close();
    expect(stdout).toBe(DONE.stdout);
    expect(lines(stderr)).toEqual(expected.map((text) => expect.stringMatching(text)));
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });
});
