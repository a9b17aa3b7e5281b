import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../docs/markdown.js';
import { startWorld, type World } from './support/world.js';

const REGISTER = ['--import', 'opentelemetry-databricks-sql/register'];
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];
/** Longer than an application may run here: whoever waits for an exporter's own timeout is killed. */
const PATIENT = { OTEL_EXPORTER_OTLP_TIMEOUT: '120000' };
const EXAMPLES = [
  'node-sdk-esm/telemetry.mjs',
  'node-sdk-cjs/telemetry.cjs',
  'local-only/telemetry.mjs',
  'custom-tags/telemetry.mjs',
];

let world: World;
/** Takes connections and never answers. */
let silent: Server;
/** Answers nothing but 404. */
let wrong: Server;
/** Where nobody listens. */
let closedPort: number;
const sockets = new Set<Socket>();

async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const collectorAt = (port: number) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`,
});
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** The README's own set-up, as it stands there. */
async function readmeSetUp(): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, code] = /```js\n(\/\/ tracing\.mjs[\s\S]*?)```/.exec(readme) ?? [];
  return code ?? '';
}

beforeAll(async () => {
  world = await startWorld();
  await writeFile(join(world.installation.folder, 'tracing.mjs'), await readmeSetUp());
  silent = await listen(() => undefined);
  wrong = await listen((socket) => {
    socket.on('data', () => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
  });
  const closed = await listen(() => undefined);
  closedPort = portOf(closed);
  await new Promise((resolve) => closed.close(resolve));
});

afterEach(() => world.reset());

afterAll(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  silent?.close();
  wrong?.close();
  await world?.stop();
});

describe('the README’s set-up, with NodeSDK and its own metrics exporter', () => {
  const README = ['--import', './tracing.mjs', 'app.mjs'];

  it('sends to both sides', async () => {
    const outcome = await world.run(README, { environment: { OTEL_METRICS_EXPORTER: 'none' } });
    expect(outcome).toEqual({ code: 0, stdout: '10 rows\n', stderr: '' });
    expect(world.receiver.spans).toHaveLength(4);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it.each(['nobody listens', 'the collector hangs'])(
    'where %s: exit code 0, one line, and not an exporter’s own timeout later',
    async (what) => {
      const port = what === 'nobody listens' ? closedPort : portOf(silent);
      const outcome = await world.run(README, { environment: { ...collectorAt(port), ...PATIENT } });
      expect(outcome).toMatchObject({ code: 0, stdout: '10 rows\n' });
      expect(lines(outcome.stderr)).toEqual([expect.stringMatching(/^telemetry was not exported: \S/)]);
      expect(world.sentOperations()).toEqual(OPERATIONS);
    },
  );

  it('a server that is asked to end sends what is queued, and ends with the exit code of the signal', async () => {
    const outcome = await world.run(['--import', './tracing.mjs', 'server.cjs'], {
      environment: { OTEL_METRICS_EXPORTER: 'none' },
      signal: { name: 'SIGTERM', after: 'serving' },
    });
    expect(outcome).toEqual({ code: 143, stdout: '10 rows\nserving\n', stderr: '' });
    expect(world.receiver.spans).toHaveLength(4);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it.each(EXAMPLES)('the example %s ends in the same way', async (name) => {
    const ending = /^\/\/ At the end[\s\S]*$/m.exec(await readmeSetUp())?.[0];
    expect(ending).toContain('sdk.shutdown()');
    expect(await readFile(join(ROOT, 'examples', name), 'utf8')).toContain(ending);
  });
});

describe('register, where the backend takes no spans', () => {
  const APP = [...REGISTER, 'app.cjs'];

  it.each([
    ['nobody listens', () => closedPort, /no answer within 2000 ms/],
    ['the collector hangs', () => portOf(silent), /no answer within 2000 ms/],
    ['the collector answers 404', () => portOf(wrong), /Not Found.*404|404.*Not Found/],
  ])(
    '%s: exit code 0, one line that says so, and not an exporter’s own timeout later',
    async (_, port, why) => {
      const outcome = await world.run(APP, { environment: { ...collectorAt(port()), ...PATIENT } });
      expect(outcome).toMatchObject({ code: 0, stdout: '10 rows\n' });
      expect(lines(outcome.stderr)).toEqual([
        expect.stringContaining('spans could not be exported to your backend'),
      ]);
      expect(outcome.stderr).toMatch(why);
      expect(world.sentOperations()).toEqual(OPERATIONS);
    },
  );

  it('an endpoint without a scheme is named', async () => {
    const environment = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '127.0.0.1:4318/v1/traces', ...PATIENT };
    const { code, stderr } = await world.run(APP, { environment });
    expect(code).toBe(0);
    expect(stderr).toContain('127.0.0.1:4318/v1/traces');
  });

  it('the exit code of the application stays', async () => {
    await writeFile(
      join(world.installation.folder, 'failing.cjs'),
      "process.exitCode = 3; require('./app.cjs');",
    );
    const environment = { ...collectorAt(portOf(silent)), ...PATIENT };
    const { code } = await world.run([...REGISTER, 'failing.cjs'], { environment });
    expect(code).toBe(3);
  });

  it('a telemetry endpoint that hangs gets one request, not a second one at the end', async () => {
    world.db.telemetry.answer('hang');
    const environment = { OTEL_TRACES_EXPORTER: 'none' };
    expect(await world.run(APP, { environment })).toMatchObject({ code: 0, stdout: '10 rows\n' });
    expect(world.db.telemetry.requestCount).toBe(1);
  });
});

describe('startDatabricksTelemetry with a span processor of the user’s', () => {
  it.each([
    ['shutdown() { fail(); }', 'shutdown() throws'],
    ['forceFlush() { fail(); }', 'forceFlush() throws'],
    ['onEnd() { fail(); }, shutdown() { fail(); }, forceFlush() { fail(); }', 'all of it throws'],
    ['shutdown: async () => fail()', 'shutdown() rejects'],
  ])('{ %s }: exit code 0, and all is sent', async (members) => {
    const app = `
      import { DBSQLClient } from '@databricks/sql';
      import { startDatabricksTelemetry } from 'opentelemetry-databricks-sql';
      import queries from './queries.cjs';
      const fail = () => { throw new Error('the user’s own'); };
      const idle = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
      startDatabricksTelemetry({ spanProcessors: [{ ...idle, ${members} }] });
      await queries(DBSQLClient);`;
    await writeFile(join(world.installation.folder, 'failingProcessor.mjs'), app);
    const outcome = await world.run(['failingProcessor.mjs']);
    expect(outcome).toEqual({ code: 0, stdout: '10 rows\n', stderr: '' });
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });
});

describe('register and signals', () => {
  const SERVER = [...REGISTER, 'server.cjs'];
  const serve = (listener: string, name: NodeJS.Signals = 'SIGTERM') =>
    world.run(SERVER, { environment: { TEST_LISTENER: listener }, signal: { name, after: 'serving' } });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: all is sent, and the signal ends the process',
    async (name) => {
      const outcome = await serve('none', name);
      expect(outcome).toEqual({ code: null, signal: name, stdout: '10 rows\nserving\n', stderr: '' });
      expect(world.receiver.spans).toHaveLength(4);
      expect(world.sentOperations()).toEqual(OPERATIONS);
    },
  );

  it('the signal ends a process whose endpoints hang', async () => {
    world.db.telemetry.answer('hang');
    const outcome = await world.run(SERVER, {
      environment: { ...collectorAt(portOf(silent)), ...PATIENT },
      signal: { name: 'SIGTERM', after: 'serving' },
    });
    expect(outcome).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  it('an application with a listener of its own ends as it wants to, and all is sent', async () => {
    const outcome = await serve('own');
    expect(outcome).toEqual({
      code: 7,
      stdout: '10 rows\nserving\nasked to end\nended\n',
      stderr: '',
    });
    expect(world.receiver.spans).toHaveLength(4);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it('an application that ignores the signal is not ended by it, but all is sent', async () => {
    const outcome = await serve('ignoring');
    expect(outcome).toMatchObject({ signal: 'SIGKILL', stdout: '10 rows\nserving\nignored\n' });
    expect(world.receiver.spans).toHaveLength(4);
  });

  it('signal-exit, which waits for other listeners to go, still ends the process', async () => {
    const outcome = await serve('signalExit');
    expect(outcome).toMatchObject({ signal: 'SIGTERM', stdout: '10 rows\nserving\nsignal-exit\n' });
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });

  it('a second signal ends the process at once', async () => {
    const outcome = await world.run(SERVER, {
      environment: {
        ...collectorAt(portOf(silent)),
        ...PATIENT,
        // Longer than an application may run here.
        DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS: '120000',
      },
      signal: { name: 'SIGTERM', after: 'serving', isRepeated: true },
    });
    expect(outcome).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  it('shutdown() of the register entry point, of whichever module format, ends what runs', async () => {
    const outcome = await serve('shutdown');
    expect(outcome).toEqual({ code: 0, stdout: '10 rows\nserving\n', stderr: '' });
    expect(world.receiver.spans).toHaveLength(4);
    expect(world.sentOperations()).toEqual(OPERATIONS);
  });
});
