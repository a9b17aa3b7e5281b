import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_STREAMS } from '../../src/inspector/eventStream.js';
import { PageServer } from '../../src/inspector/pageServer.js';
import { FakeSource, summary } from './fakeSource.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

const FILES = new Map(
  ['', 'app.js', 'app.css'].map((name) => [
    name,
    { type: 'text/plain', content: Buffer.from(`file ${name}`) },
  ]),
);

describe('the page server', () => {
  let source: FakeSource;
  let server: PageServer;
  let address: URL;
  const open: ClientRequest[] = [];

  beforeEach(async () => {
    source = new FakeSource();
    server = new PageServer(source, FILES);
    address = new URL(await server.listen(0));
  });

  afterEach(async () => {
    for (const sent of open.splice(0)) {
      sent.destroy();
    }
    await server.close();
  });

  /** As a client would that writes what it likes into the request. */
  async function get(path: string, options: RequestOptions = {}): Promise<Answer> {
    const response = await start(path, options);
    let text = '';
    for await (const chunk of response) {
      text += chunk;
    }
    return { status: response.statusCode ?? 0, headers: response.headers, text };
  }

  async function start(path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
    const sent = request({ host: '127.0.0.1', port: address.port, path, agent: false, ...options });
    sent.on('error', () => undefined);
    open.push(sent);
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    return response;
  }

  const at = (resource: string): string => `${address.pathname}${resource}`;

  it('serves the page to who knows the address, under a policy that allows nothing from elsewhere', async () => {
    const answer = await get(at(''));
    expect(answer).toMatchObject({ status: 200, text: 'file ' });
    expect(answer.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'"),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(answer.headers['content-security-policy']).not.toContain('unsafe');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('listens on the loopback interface only, with a token of 256 bits in the address', () => {
    expect(address.hostname).toBe('127.0.0.1');
    expect(Buffer.from(address.pathname.replaceAll('/', ''), 'base64url')).toHaveLength(32);
  });

  it.each([
    ['no token', '/', {}],
    ['no token, a view', '/export', {}],
    ['a wrong token', `/${'A'.repeat(43)}/export`, {}],
    ['a longer token', `/${'A'.repeat(44)}/export`, {}],
  ])('refuses a request with %s', async (_what, path, options) => {
    expect(await get(path, options)).toMatchObject({ status: 403, text: '' });
  });

  it.each([
    ['Host: evil', { host: 'evil.example' }],
    ['a Host that resolves to the loopback interface', { host: 'localtest.me:80' }],
    ['the right host on another port', { host: '127.0.0.1:1' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['the origin of another port on this machine', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['a fetch from another site', { 'sec-fetch-site': 'cross-site' }],
    ['a fetch from another port on this machine', { 'sec-fetch-site': 'same-site' }],
  ])('refuses, with the right token, a request with %s', async (_what, headers) => {
    expect(await get(at('export'), { headers })).toMatchObject({ status: 403, text: '' });
    expect(await get(at('events'), { headers })).toMatchObject({ status: 403, text: '' });
    expect(source.watchers).toBe(0);
  });

  it.each([
    '../../etc/passwd',
    '..%2f..%2fetc/passwd',
    '../index.ts',
    'operation/../../package.json',
    './././app.js',
    '%00',
    'app.js?x=1',
    '__proto__',
    'constructor',
    'toString',
    'operation/__proto__',
  ])('serves nothing for the path %s', async (path) => {
    const answer = await get(at(path));
    expect([403, 404]).toContain(answer.status);
    expect(answer.text).toBe('');
  });

  it('serves nothing for a target that is a whole URL', async () => {
    expect(await get(`http://evil.example${at('')}`)).toMatchObject({ status: 403, text: '' });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('reads only: %s is refused', async (method) => {
    expect(await get(at('export'), { method })).toMatchObject({ status: 405, text: '' });
  });

  it('refuses headers of more than 8 KiB', async () => {
    const sent = request({
      host: '127.0.0.1',
      port: address.port,
      path: at(''),
      headers: { 'x-long': 'x'.repeat(20_000) },
    });
    sent.end();
    const [error] = (await once(sent, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/ECONNRESET|EPIPE/);
  });

  it('frees within seconds what requests take that never end', async () => {
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(Number(address.port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('GET /');
      return socket;
    });
    // Node.js itself would take 30 s and more.
    const isOver = (): boolean => sockets.every(({ closed }) => closed);
    await expect.poll(isOver, { timeout: 25_000, interval: 200 }).toBe(true);
    expect(await get(at(''))).toMatchObject({ status: 200 });
  });

  it('opens 8 event streams of 10,000, and answers the others with 503 or not at all', async () => {
    const outcomes = new Map<string, number>();
    const note = (outcome: string): void => {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    const attempt = (): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(Number(address.port), '127.0.0.1');
        const over = (outcome: string): void => {
          note(outcome);
          socket.destroy();
          resolve();
        };
        socket.on('error', () => undefined);
        socket.once('close', () => resolve());
        socket.once('data', (chunk) => {
          const status = chunk.toString('latin1').slice(9, 12);
          if (status === '200') {
            note('200');
            sockets.push(socket);
            resolve();
          } else {
            over(status);
          }
        });
        socket.write(`GET ${at('events')} HTTP/1.1\r\nHost: 127.0.0.1:${address.port}\r\n\r\n`);
      });
    const sockets: ReturnType<typeof connect>[] = [];
    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < 100; round++) {
      await Promise.all(Array.from({ length: 100 }, attempt));
    }
    expect(outcomes.get('200')).toBe(MAX_STREAMS);
    expect(server.openPages).toBe(MAX_STREAMS);
    expect(source.watchers).toBe(MAX_STREAMS);
    expect([...outcomes.keys()].sort()).toEqual(['200', '503']);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024);
    for (const socket of sockets) {
      socket.destroy();
    }
  }, 60_000);

  it('sends a page all there is when it opens, and then what changes', async () => {
    source.list.push(summary(1));
    const response = await start(at('events'));
    const chunks = response[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value)).toMatch(/^event: snapshot\ndata: \{.*"id":1/);
    source.changed = [summary(2, '</script><script>alert(1)</script>')];
    server.noteChange();
    let text = '';
    while (!text.includes('event: operations')) {
      text = String((await chunks.next()).value);
    }
    expect(text).toContain('"id":2');
    expect(text.split('\n').filter((line) => line.startsWith('data: '))).toHaveLength(1);
  });

  it('drops events for a page that does not read, and sends it all anew when it reads again', async () => {
    const response = await start(at('events'));
    response.pause();
    const big = 'x'.repeat(100_000);
    const memory = (): number => process.memoryUsage().external + process.memoryUsage().heapUsed;
    const before = memory();
    for (let round = 0; round < 4; round++) {
      source.changed = Array.from({ length: 100 }, (_, index) => summary(index, big));
      server.noteChange();
      await expect.poll(() => source.changed.length).toBe(0);
    }
    // One event of 10 MB waits, as text and as bytes; the others were dropped.
    expect(memory() - before).toBeLessThan(80_000_000);
    let snapshots = 0;
    response.on('data', (chunk: Buffer) => {
      snapshots += chunk.toString().split('event: snapshot').length - 1;
    });
    response.resume();
    await expect.poll(() => snapshots).toBeGreaterThan(1);
  });

  it('stops watching when the page is gone', async () => {
    const response = await start(at('events'));
    expect(source.watchers).toBe(1);
    response.destroy();
    await expect.poll(() => source.watchers).toBe(0);
  });

  it('tells the pages that nothing more comes when it closes', async () => {
    const response = await start(at('events'));
    let text = '';
    response.on('data', (chunk) => {
      text += chunk;
    });
    await server.close();
    await expect.poll(() => text).toContain('event: end');
  });

  it('rejects a port that is taken', async () => {
    const other = new PageServer(source, FILES);
    await expect(other.listen(Number(address.port))).rejects.toThrow(/EADDRINUSE/);
  });
});
