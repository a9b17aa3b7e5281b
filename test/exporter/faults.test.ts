import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeTestCertificate } from '../support/local-databricks/certificates.js';
import { destinationTo, HOST, hostExporter, never, records, routeVia } from './support/fixtures.js';
import { type Handler, json, ok, startServer, type TestServer } from './support/server.js';

/** What a faulty endpoint does, and what an export to it comes to. */
describe('endpoint faults', () => {
  let server: TestServer;
  const unhandled = vi.fn();

  beforeEach(async () => {
    unhandled.mockReset();
    process.on('unhandledRejection', unhandled);
    process.on('uncaughtExceptionMonitor', unhandled);
    server = await startServer();
  });
  afterEach(async () => {
    await server.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', unhandled);
    process.off('uncaughtExceptionMonitor', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  /** Less than the default timeouts, and much more than those of these exports. Milliseconds. */
  const BEFORE_DEFAULT_MS = 4_500;

  /** One export with a breaker that opens at the first failure. */
  async function exportOnce({ port = server.port, ca = server.ca, maxRetries = 0 } = {}) {
    const exporter = hostExporter(port, { maxRetries, circuitBreaker: { failureThreshold: 1 } });
    const startedAt = performance.now();
    const result = await exporter.export(records(2), destinationTo(port, routeVia(ca)), never);
    const tookMs = performance.now() - startedAt;
    const { state } = exporter.breaker();
    const requests = exporter.requests();
    await exporter.close();
    return { result, state, requests, tookMs };
  }

  async function portThatRefuses(): Promise<number> {
    const gone = await startServer();
    await gone.close();
    return gone.port;
  }

  it('refused: retryable, counted against the host', async () => {
    const { result, state, requests } = await exportOnce({ port: await portThatRefuses() });
    expect(result).toEqual({ outcome: 'retryable', error: 'ECONNREFUSED' });
    expect(state).toBe('open');
    expect(requests).toEqual({ ECONNREFUSED: 1 });
  });

  it('reset before the answer: retryable, counted against the host', async () => {
    server.handle((_request, _response, tcp) => tcp.resetAndDestroy());
    const { result, state } = await exportOnce();
    expect(result).toEqual({
      outcome: 'retryable',
      error: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/),
    });
    expect(state).toBe('open');
  });

  it('hang before the headers: retryable after the timeout', async () => {
    server.handle(() => {});
    const { result, state, tookMs } = await exportOnce();
    expect(result).toEqual({ outcome: 'retryable', error: 'UND_ERR_HEADERS_TIMEOUT' });
    expect(state).toBe('open');
    expect(tookMs).toBeLessThan(BEFORE_DEFAULT_MS);
  });

  it('hang before TLS: retryable after the timeout', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, HOST, resolve));
    const { port } = silent.address() as { port: number };
    const { result, state } = await exportOnce({ port });
    expect(result).toEqual({ outcome: 'retryable', error: 'UND_ERR_CONNECT_TIMEOUT' });
    expect(state).toBe('open');
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('hang-up during TLS: retryable', async () => {
    const rude = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end()));
    await new Promise<void>((resolve) => rude.listen(0, HOST, resolve));
    const { port } = rude.address() as { port: number };
    expect((await exportOnce({ port })).result).toEqual({ outcome: 'retryable', error: 'ECONNRESET' });
    rude.close();
  });

  it('something else than TLS: retryable, but not retried at once', async () => {
    const plain = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, HOST, resolve));
    const { port } = plain.address() as { port: number };
    const { result, requests } = await exportOnce({ port, maxRetries: 3 });
    expect(result.outcome).toBe('retryable');
    expect(Object.values(requests)).toEqual([1]);
    plain.close();
  });

  it('a certificate that is not trusted: nothing is sent, kept for later, not retried at once', async () => {
    const { ca } = await makeTestCertificate();
    const { result, state, requests } = await exportOnce({ ca, maxRetries: 3 });
    expect(result.outcome).toBe('retryable');
    expect(state).toBe('open');
    expect(Object.values(requests)).toEqual([1]);
    expect(server.requests).toEqual([]);
  });

  it('an answer that is no HTTP: kept for later', async () => {
    server.handle((_request, response) => response.socket?.end('SMTP ready\r\n\r\n'));
    expect((await exportOnce()).result.outcome).toBe('retryable');
  });

  describe('after a 200 the batch is never sent again:', () => {
    const taken = { outcome: 'success', accepted: 2, rejected: 0 };

    it.each<[string, Handler]>([
      ['garbage', (_request, response) => response.end('<html>')],
      ['an empty body', (_request, response) => response.end()],
      ['JSON of another kind', (_request, response) => json(response, [1, 2])],
      ['a count of another kind', (_request, response) => json(response, { numProtoSuccess: 'all' })],
      ['a count that is too large', (_request, response) => json(response, { numProtoSuccess: 7 })],
      ['a negative count', (_request, response) => json(response, { numProtoSuccess: -1 })],
      ['a 204', (_request, response) => response.writeHead(204).end()],
    ])('%s', async (_name, handler) => {
      server.handle(handler);
      const { result, state } = await exportOnce({ maxRetries: 3 });
      expect(result).toEqual(taken);
      expect(state).toBe('closed');
      expect(server.requests).toHaveLength(1);
    });

    it('an endless body, which is read up to a cap and cut off', async () => {
      let sent = 0;
      let cutOff = false;
      server.handle((_request, response) => {
        const chunk = Buffer.alloc(16_384, ' ');
        response.on('close', () => {
          cutOff = true;
        });
        response.writeHead(200);
        const more = () => {
          if (cutOff) return;
          sent += chunk.length;
          response.write(chunk, () => setImmediate(more));
        };
        more();
      });
      const { result, state } = await exportOnce({ maxRetries: 3 });
      expect(result).toEqual(taken);
      expect(state).toBe('closed');
      await vi.waitFor(() => expect(cutOff).toBe(true), 30_000);
      expect(sent).toBeLessThan(20_000_000);
      expect(server.requests).toHaveLength(1);
    });

    it('a body that drips for ever ends with the time for the body, and counts against the host', async () => {
      server.handle((_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
      });
      const { result, state, requests, tookMs } = await exportOnce();
      expect(result).toEqual(taken);
      expect(state).toBe('open');
      expect(requests).toEqual({ UND_ERR_BODY_TIMEOUT: 1 });
      expect(tookMs).toBeLessThan(BEFORE_DEFAULT_MS);
    });

    it('a reset in the body counts against the host', async () => {
      server.handle((_request, response, tcp) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"err', () => tcp.resetAndDestroy());
      });
      const { result, state } = await exportOnce({ maxRetries: 3 });
      expect(result).toEqual(taken);
      expect(state).toBe('open');
      expect(server.requests).toHaveLength(1);
    });

    it('a hang in the body counts against the host', async () => {
      server.handle((_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"err');
      });
      const { result, state, requests } = await exportOnce({ maxRetries: 3 });
      expect(result).toEqual(taken);
      expect(state).toBe('open');
      expect(requests).toEqual({ UND_ERR_BODY_TIMEOUT: 1 });
    });
  });

  it('a hang in the body of a failure: the status decides', async () => {
    server.handle((_request, response) => {
      response.writeHead(400, { 'content-length': '1000' });
      response.write('{"err');
    });
    expect((await exportOnce()).result).toMatchObject({ outcome: 'terminal', error: '400' });
  });

  it('302 to elsewhere: not followed, the token goes nowhere else', async () => {
    const elsewhere = await startServer();
    server.handle((_request, response) =>
      json(response, {}, 302, { location: `https://${HOST}:${elsewhere.port}/telemetry-ext` }),
    );
    expect((await exportOnce({ maxRetries: 3 })).result).toMatchObject({
      outcome: 'misdirected',
      error: '302',
    });
    expect(elsewhere.connections()).toBe(0);
    await elsewhere.close();
  });

  it('recovers on the same exporter once the fault is over', async () => {
    const exporter = hostExporter(server.port, { circuitBreaker: { openMs: 1, successThreshold: 1 } });
    const target = destinationTo(server.port, routeVia(server.ca));
    const faults: Handler[] = [
      (_request, _response, tcp) => tcp.resetAndDestroy(),
      (_request, response) => json(response, {}, 503),
      (_request, response) => response.socket?.end('nonsense'),
      (_request, response, tcp) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{', () => tcp.resetAndDestroy());
      },
    ];
    for (const fault of faults) {
      server.handle(fault);
      await exporter.export(records(1), target, never);
      server.handle(ok);
      expect(await exporter.export(records(1), target, never)).toMatchObject({ outcome: 'success' });
    }
    await exporter.close();
  });
});
