import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CredentialHeaders } from '../../src/connectionHandle.js';
import {
  CREDENTIALS,
  destinationTo,
  type ExporterOverrides,
  HOST,
  hostExporter,
  never,
  records,
  routeVia,
  type TestHostExporter,
  TOKEN,
  USER_AGENT,
} from './support/fixtures.js';
import { json, ok, startServer, type TestServer } from './support/server.js';
import { wirePathsOf } from './support/wirePaths.js';

/** undici takes a connection as free a moment after the answer's end. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('export over HTTPS', () => {
  let server: TestServer;
  let exporter: TestHostExporter;
  const unhandled = vi.fn();

  beforeEach(async () => {
    unhandled.mockReset();
    process.on('unhandledRejection', unhandled);
    server = await startServer();
    open();
  });
  afterEach(async () => {
    await exporter.close();
    await server.close();
    await nextTurn();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  function open(overrides: ExporterOverrides = {}): void {
    exporter = hostExporter(server.port, overrides);
  }

  function destination(credentials: CredentialHeaders | undefined = CREDENTIALS) {
    return destinationTo(server.port, routeVia(server.ca), { credentials });
  }

  it('posts the batch to /telemetry-ext with the headers of the wire format', async () => {
    expect(await exporter.export(records(3), destination(), never)).toEqual({
      outcome: 'success',
      accepted: 3,
      rejected: 0,
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/telemetry-ext' });
    expect(request?.headers).toEqual({
      host: `${HOST}:${server.port}`,
      connection: 'keep-alive',
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'content-length': String(request?.body.length),
      'user-agent': USER_AGENT,
      'x-databricks-org-id': '1234567890123456',
    });
    const body = JSON.parse(request?.body ?? '');
    expect(Object.keys(body)).toEqual(['uploadTime', 'items', 'protoLogs']);
    expect(body.items).toEqual([]);
    expect(Math.abs(body.uploadTime - Date.now())).toBeLessThan(5_000);
    expect(body.protoLogs).toHaveLength(3);
    expect(exporter.requests()).toEqual({ '200': 1 });
  });

  it('keeps the connection from one batch to the next', async () => {
    for (let i = 0; i < 5; i++) {
      await exporter.export(records(1), destination(), never);
      await nextTurn();
    }
    expect(server.connections()).toBe(1);
  });

  it('shares connections between routes that are alike and not between others', async () => {
    await exporter.export(records(1), destinationTo(server.port, routeVia(server.ca)), never);
    await nextTurn();
    await exporter.export(records(1), destinationTo(server.port, routeVia(server.ca)), never);
    await nextTurn();
    expect(server.connections()).toBe(1);
    const other = routeVia(server.ca, { rejectUnauthorized: false });
    await exporter.export(records(1), destinationTo(server.port, other), never);
    expect(server.connections()).toBe(2);
  });

  it('sends no org id that is not made of digits', async () => {
    const route = routeVia(server.ca);
    await exporter.export(records(1), destinationTo(server.port, route, { orgId: '1\r\nx: y' }), never);
    await exporter.export(records(1), destinationTo(server.port, route, { orgId: undefined }), never);
    expect(server.requests.map(({ headers }) => headers['x-databricks-org-id'])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("sends the connection's custom headers, never over ours, and none that may hold a secret (R15)", async () => {
    const customHeaders = {
      'X-Team': 'blue',
      'User-Agent': 'theirs',
      'x-databricks-org-id': '9',
      authorization: 'Bearer theirs',
      'X-Api-Key': 'secret',
      Cookie: 'secret',
      'x-session-token': 'secret',
      'content-type': 'text/plain',
      'x-broken': 'a\r\nb: c',
    };
    const target = destinationTo(server.port, routeVia(server.ca), { customHeaders });
    expect(await exporter.export(records(1), target, never)).toMatchObject({ outcome: 'success' });
    server.handle((_request, response) => json(response, { flags: [] }));
    await exporter.fetchFeatureFlag(target, '2.1.0', never);
    expect(server.requests).toHaveLength(2);
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({
        'x-team': 'blue',
        authorization: `Bearer ${TOKEN}`,
        'user-agent': USER_AGENT,
        'x-databricks-org-id': '1234567890123456',
      });
      expect(JSON.stringify(headers)).not.toContain('secret');
      expect(headers).not.toHaveProperty('x-broken');
    }
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
  });

  it('posts to the unauthenticated path without credentials, ids, configuration and the headers of the user', async () => {
    open({ authenticatedExport: false });
    const customHeaders = { 'x-team': 'blue' };
    const target = destinationTo(server.port, routeVia(server.ca), { customHeaders, credentials: undefined });
    expect(exporter.inner.needsCredentials).toEqual({ export: false, flag: true });
    expect(await exporter.export(records(1), target, never)).toMatchObject({
      outcome: 'success',
    });
    const [request] = server.requests;
    expect(request?.path).toBe('/telemetry-unauth');
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
    ]);
    expect([...wirePathsOf(request?.body ?? '')].join()).not.toMatch(/workspace|session|statement_id|auth/);
  });

  it('counts what the server says it did not keep', async () => {
    server.handle((_request, response) => json(response, { numProtoSuccess: 3 }));
    expect(await exporter.export(records(5), destination(), never)).toEqual({
      outcome: 'success',
      accepted: 3,
      rejected: 2,
    });
    expect(server.requests).toHaveLength(1);
  });

  describe('paths', () => {
    const only = (answering: string) =>
      server.handle((request, response, tcp) =>
        request.path === answering ? ok(request, response, tcp) : json(response, {}, 404),
      );
    const paths = () => server.requests.map(({ path }) => path);

    it('tries the other path at a 404 and remembers which one answers', async () => {
      only('/api/2.0/sql/telemetry-ext');
      expect(await exporter.export(records(1), destination(), never)).toMatchObject({ outcome: 'success' });
      expect(await exporter.export(records(1), destination(), never)).toMatchObject({ outcome: 'success' });
      expect(paths()).toEqual(['/telemetry-ext', '/api/2.0/sql/telemetry-ext', '/api/2.0/sql/telemetry-ext']);
    });

    it('remembers rightly when several batches find out at once', async () => {
      only('/api/2.0/sql/telemetry-ext');
      const all = await Promise.all(
        Array.from({ length: 6 }, () => exporter.export(records(1), destination(), never)),
      );
      expect(all.every(({ outcome }) => outcome === 'success')).toBe(true);
      server.requests.length = 0;
      await exporter.export(records(1), destination(), never);
      expect(paths()).toEqual(['/api/2.0/sql/telemetry-ext']);
    });

    it('keeps the batch where both answer 404, and leaves the breaker alone', async () => {
      only('/nowhere');
      for (let i = 0; i < 6; i++) {
        expect(await exporter.export(records(1), destination(), never)).toEqual({
          outcome: 'misdirected',
          error: '404',
        });
      }
      expect(exporter.breaker().state).toBe('closed');
      expect(exporter.requests()).toEqual({ '404': 12 });
    });

    it('has the unauthenticated pair too', async () => {
      open({ authenticatedExport: false });
      only('/api/2.0/sql/telemetry-unauth');
      expect(await exporter.export(records(1), destination(), never)).toMatchObject({ outcome: 'success' });
      expect(paths()).toEqual(['/telemetry-unauth', '/api/2.0/sql/telemetry-unauth']);
    });
  });

  describe('answers', () => {
    const answer = (status: number, headers: Record<string, string> = {}) =>
      server.handle((_request, response) => json(response, { status }, status, headers));

    it.each([400, 405, 409, 411, 422])(
      'drops the batch and pauses the lane at %i, without retries, and leaves the breaker alone',
      async (status) => {
        open({ maxRetries: 3, circuitBreaker: { openMs: 7_000, failureThreshold: 1 } });
        answer(status, { location: `https://${HOST}:${server.port}/elsewhere` });
        expect(await exporter.export(records(1), destination(), never)).toEqual({
          outcome: 'terminal',
          error: String(status),
          pauseMs: 7_000,
        });
        expect(server.requests).toHaveLength(1);
        expect(exporter.breaker().state).toBe('closed');
      },
    );

    it.each([
      [401, { outcome: 'unauthorized' }],
      [403, { outcome: 'unauthorized' }],
      [413, { outcome: 'too_large' }],
      [301, { outcome: 'misdirected', error: '301' }],
      [302, { outcome: 'misdirected', error: '302' }],
      [307, { outcome: 'misdirected', error: '307' }],
      [308, { outcome: 'misdirected', error: '308' }],
    ])('keeps the batch at a %i, without retries, and leaves the breaker alone', async (status, result) => {
      open({ maxRetries: 3, circuitBreaker: { openMs: 7_000, failureThreshold: 1 } });
      answer(status, { location: `https://${HOST}:${server.port}/elsewhere` });
      expect(await exporter.export(records(1), destination(), never)).toEqual(result);
      expect(server.requests).toHaveLength(1);
      expect(exporter.breaker().state).toBe('closed');
    });

    it.each([408, 425])('retries a %i, which asks for it, and leaves the breaker alone', async (status) => {
      open({ maxRetries: 2, circuitBreaker: { failureThreshold: 1 } });
      answer(status);
      expect(await exporter.export(records(1), destination(), never)).toEqual({
        outcome: 'retryable',
        error: String(status),
      });
      expect(server.requests).toHaveLength(3);
      expect(exporter.breaker().state).toBe('closed');
    });

    it('sends nothing where there are no credentials, or none that can be sent', async () => {
      const broken = { authorization: 'Bearer x\r\nhost: evil' };
      for (const credentials of [undefined, {}, broken]) {
        const target = destinationTo(server.port, routeVia(server.ca), { credentials });
        expect(await exporter.export(records(1), target, never)).toEqual({ outcome: 'unauthorized' });
      }
      expect(server.connections()).toBe(0);
    });

    it.each([500, 502, 503, 504, 429])('retries a %i and gives the batch back after that', async (status) => {
      open({ maxRetries: 2 });
      answer(status);
      const batch = records(2);
      expect(await exporter.export(batch, destination(), never)).toEqual({
        outcome: 'retryable',
        error: String(status),
      });
      expect(server.requests).toHaveLength(3);
      expect(new Set(server.requests.map(({ body }) => body)).size).toBe(1);
      expect(exporter.requests()).toEqual({ [status]: 3 });
    });

    it('sends the same event ids when the batch comes again', async () => {
      answer(503);
      const batch = records(2);
      await exporter.export(batch, destination(), never);
      server.handle(ok);
      await exporter.export(batch, destination(), never);
      const [first, second] = server.requests.map(({ body }) => JSON.parse(body).protoLogs as string[]);
      expect(second).toEqual(first);
    });

    it('does not retry an unusual 5xx at once, but counts it against the host', async () => {
      open({ maxRetries: 3, circuitBreaker: { failureThreshold: 1 } });
      answer(501);
      expect(await exporter.export(records(1), destination(), never)).toEqual({
        outcome: 'retryable',
        error: '501',
      });
      expect(server.requests).toHaveLength(1);
      expect(exporter.breaker().state).toBe('open');
    });

    it('succeeds at a retry', async () => {
      open({ maxRetries: 3 });
      server.handle((request, response, tcp) =>
        server.requests.length < 3 ? json(response, {}, 503) : ok(request, response, tcp),
      );
      expect(await exporter.export(records(1), destination(), never)).toMatchObject({ outcome: 'success' });
      expect(exporter.breaker().state).toBe('closed');
    });

    it('leaves the host alone for a Retry-After of minutes, with the flag request too', async () => {
      open({ maxRetries: 3 });
      answer(429, { 'retry-after': '120' });
      expect(await exporter.export(records(1), destination(), never)).toEqual({
        outcome: 'retryable',
        error: '429',
      });
      expect(exporter.breaker().state).toBe('closed');
      expect(await exporter.fetchFeatureFlag(destination(), '2.1.0', never)).toMatchObject({
        outcome: 'blocked',
      });
      expect(server.requests).toHaveLength(1);
      const blocked = await exporter.export(records(1), destination(), never);
      expect(blocked).toMatchObject({ outcome: 'blocked' });
      const { retryInMs } = blocked as Extract<typeof blocked, { outcome: 'blocked' }>;
      expect(retryInMs).toBeGreaterThan(119_000);
      expect(retryInMs).toBeLessThanOrEqual(150_000);
    });
  });

  it('sends nothing after five 500s, one request at a time in half-open, and closes after two successes', async () => {
    open({ circuitBreaker: { openMs: 300 } });
    server.handle((_request, response) => json(response, {}, 500));
    for (let i = 0; i < 5; i++) await exporter.export(records(1), destination(), never);
    expect(exporter.breaker()).toMatchObject({ state: 'open', transitions: 1 });
    expect(await exporter.export(records(1), destination(), never)).toMatchObject({ outcome: 'blocked' });
    expect(server.requests).toHaveLength(5);

    await new Promise((resolve) => setTimeout(resolve, 400));
    server.handle((request, response, tcp) => setTimeout(() => ok(request, response, tcp), 50));
    const together = await Promise.all(
      Array.from({ length: 4 }, () => exporter.export(records(1), destination(), never)),
    );
    expect(together.map(({ outcome }) => outcome).sort()).toEqual([
      'blocked',
      'blocked',
      'blocked',
      'success',
    ]);
    expect(exporter.breaker().state).toBe('half-open');
    await exporter.export(records(1), destination(), never);
    expect(exporter.breaker()).toEqual({ state: 'closed', openSince: undefined, transitions: 3 });
  });

  it('ends as aborted, at once, when the signal aborts in the middle, and gives the permit back', async () => {
    open({
      circuitBreaker: { failureThreshold: 1 },
      timeouts: { connectMs: 60_000, headersMs: 60_000, bodyMs: 60_000 },
    });
    server.handle(() => {});
    const abort = new AbortController();
    const result = exporter.export(records(1), destination(), abort.signal);
    await vi.waitFor(() => expect(server.requests).toHaveLength(1), 30_000);
    abort.abort();
    // Whoever waits for the timeouts gets another outcome.
    expect(await result).toEqual({ outcome: 'aborted' });
    expect(exporter.breaker().state).toBe('closed');
    expect(exporter.requests()).toEqual({});
  });

  it('ends requests in flight as aborted when it is closed, and sends nothing afterwards', async () => {
    open({ timeouts: { connectMs: 5_000, headersMs: 5_000, bodyMs: 5_000 } });
    server.handle(() => {});
    const exports = Array.from({ length: 3 }, () => exporter.export(records(1), destination(), never));
    const flag = exporter.fetchFeatureFlag(destination(), '2.1.0', never);
    await vi.waitFor(() => expect(server.requests).toHaveLength(4), 30_000);
    await exporter.close();
    expect((await Promise.all(exports)).map(({ outcome }) => outcome)).toEqual([
      'aborted',
      'aborted',
      'aborted',
    ]);
    expect(await flag).toEqual({ outcome: 'aborted' });
    expect(await exporter.export(records(1), destination(), never)).toEqual({ outcome: 'aborted' });
    expect(server.requests).toHaveLength(4);
    await exporter.close();
  });

  it('has any number of batches in flight with one signal, without a warning of Node.js', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const shared = new AbortController();
    const results = await Promise.all(
      Array.from({ length: 30 }, () => exporter.export(records(1), destination(), shared.signal)),
    );
    expect(results.every(({ outcome }) => outcome === 'success')).toBe(true);
    await nextTurn();
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
    expect(server.connections()).toBeLessThanOrEqual(8);
  });

  it('sends nothing with a signal that has aborted before, and nothing for an empty batch', async () => {
    expect(await exporter.export(records(1), destination(), AbortSignal.abort())).toEqual({
      outcome: 'aborted',
    });
    expect(await exporter.export([], destination(), never)).toEqual({
      outcome: 'success',
      accepted: 0,
      rejected: 0,
    });
    expect(server.connections()).toBe(0);
  });

  it('sends nothing by a route that it does not support', async () => {
    const plain = destinationTo(server.port, routeVia(server.ca, { https: false }));
    expect(await exporter.export(records(1), plain, never)).toEqual({
      outcome: 'terminal',
      error: 'unsupported_route',
      pauseMs: 60_000,
    });
    expect(server.connections()).toBe(0);
  });
});
