import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HOST } from './support/fixtures.js';
import { startProxy, type TestProxy } from './support/proxy.js';
import { json, startServer, type TestServer } from './support/server.js';

const CHILD = new URL('./support/exitChild.ts', import.meta.url).pathname;
/** For each stage of a request: whatever waits for it, and keeps the process alive, outlasts the test. */
const FOREVER_MS = 3_600_000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the program; from `idle` on it has nothing more to do. */
async function runChild(task: object, idle: Promise<void>, env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(task)], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  // A child that does not end by itself fails the test by its timeout.
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const exit = once(child, 'exit');
  await Promise.race([idle, exit]);
  // Let what has reached the other side settle on this one.
  await new Promise((resolve) => setTimeout(resolve, 100));
  child.stdin.end();
  const [code] = await exit;
  return { code, output, errors };
}

describe('a process that has nothing more to do ends by itself', () => {
  let server: TestServer;
  let proxy: TestProxy | undefined;
  let reached: () => void;
  let whenReached: Promise<void>;

  beforeEach(async () => {
    expectToBeReached();
    server = await startServer(() => reached());
  });
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
    await server.close();
  });

  function expectToBeReached(): void {
    whenReached = new Promise((resolve) => {
      reached = resolve;
    });
  }

  /** It ends while what it waits for is still to come, so that no answer but the given one is printed. */
  async function expectToEnd(task: object, answer = '', env: Record<string, string> = {}) {
    const whole = { port: server.port, ca: server.ca, timeoutMs: FOREVER_MS, ...task };
    const ended = await runChild(whole, whenReached, env);
    expect(ended).toEqual({ errors: '', code: 0, output: `${answer}exit\n` });
  }

  it('while an export waits for an endpoint that hangs', async () => {
    await expectToEnd({ what: 'export' });
  });

  it('while a second export waits on the connection of the first', async () => {
    server.handle((_request, response) => {
      if (server.requests.length === 1) json(response, { numProtoSuccess: 1 });
      else reached();
    });
    await expectToEnd({ what: 'second export' });
    expect(server.connections()).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  it('while an export to a name waits', async () => {
    await expectToEnd({ what: 'export', host: 'localhost' });
  });

  it('while the feature flag waits', async () => {
    await expectToEnd({ what: 'flag' });
  });

  it('while an answer hangs in its body', async () => {
    server.handle((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{', () => reached());
    });
    await expectToEnd({ what: 'export' });
  });

  it('while TLS waits for an answer', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => {
      sockets.push(socket.on('error', () => {}));
      reached();
    });
    await new Promise<void>((resolve) => silent.listen(0, HOST, resolve));
    await expectToEnd({ what: 'export', port: (silent.address() as AddressInfo).port });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('while an endpoint behind a proxy hangs', async () => {
    proxy = await startProxy();
    await expectToEnd({ what: 'export', proxy: { protocol: 'http', host: HOST, port: proxy.port } });
    expect(server.requests).toHaveLength(1);
    expect(proxy.connects).toHaveLength(1);
  });

  it('while a proxy hangs', async () => {
    proxy = await startProxy({ answer: '', onConnect: () => reached() });
    await expectToEnd({ what: 'export', proxy: { protocol: 'http', host: HOST, port: proxy.port } });
    expect(proxy.connects).toHaveLength(1);
  });

  it('while a token provider hangs', async () => {
    setTimeout(() => reached(), 500);
    await expectToEnd({ what: 'token' });
  });

  it('while a retry waits', async () => {
    server.handle((_request, response) => {
      json(response, {}, 503, { 'retry-after': '4' });
      reached();
    });
    await expectToEnd({ what: 'export' });
    expect(server.requests).toHaveLength(1);
  });

  describe('while an idle connection is kept', () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'exit-'));
      await writeFile(join(folder, 'ca.pem'), server.ca);
      server.handle((_request, response) => {
        json(response, { numProtoSuccess: 100 });
        reached();
      });
    });
    afterEach(() => rm(folder, { recursive: true }));

    it.each(['http', 'https', undefined])('by a proxy of protocol %s', async (protocol) => {
      proxy = protocol === undefined ? undefined : await startProxy({ tls: protocol === 'https' });
      const route = proxy && { protocol, host: HOST, port: proxy.port };
      const answer = '{"outcome":"success","accepted":100,"rejected":0}\n';
      // An https proxy is verified by the authorities of Node.js.
      const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
      await expectToEnd({ what: 'export', proxy: route }, answer, env);
      expect(server.requests).toHaveLength(1);
      expect(proxy?.connects.length).toBe(protocol && 1);
    });
  });
});
