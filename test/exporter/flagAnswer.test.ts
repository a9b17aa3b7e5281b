import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CredentialHeaders } from '../../src/connectionHandle.js';
import {
  CREDENTIALS,
  destinationTo,
  hostExporter,
  never,
  routeVia,
  type TestHostExporter,
  TOKEN,
  USER_AGENT,
} from './support/fixtures.js';
import { json, startServer, type TestServer } from './support/server.js';

const NAME = 'databricks.partnerplatform.clientConfigsFeatureFlags.enableTelemetryForNodeJs';
const flag = (value: unknown, name = NAME) => ({ flags: [{ name, value }], ttl_seconds: 900 });

describe('fetchFeatureFlag', () => {
  let server: TestServer;
  let exporter: TestHostExporter;
  let credentials: CredentialHeaders | undefined;

  beforeEach(async () => {
    server = await startServer((_request, response) => json(response, flag('true')));
    exporter = hostExporter(server.port);
    credentials = CREDENTIALS;
  });
  afterEach(async () => {
    await exporter.close();
    await server.close();
  });

  function ask(driverVersion = '2.1.0', signal = never) {
    const destination = destinationTo(server.port, routeVia(server.ca), { credentials });
    return exporter.fetchFeatureFlag(destination, driverVersion, signal);
  }

  it("asks by the driver's bare version with the connection's credentials", async () => {
    expect(await ask('2.1.0-beta.3+build')).toEqual({ outcome: 'answer', enabled: true, ttlSeconds: 900 });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      path: '/api/2.0/connector-service/feature-flags/NODEJS/2.1.0',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        'user-agent': USER_AGENT,
        'x-databricks-org-id': '1234567890123456',
      },
      body: '',
    });
  });

  it('asks with credentials where the export goes without', async () => {
    await exporter.close();
    exporter = hostExporter(server.port, { authenticatedExport: false });
    expect(await ask()).toMatchObject({ enabled: true });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it.each([
    ['TRUE', flag('TRUE'), true],
    ['False', flag('False'), false],
    ['an empty text', flag(''), false],
    ['a text that only begins so', flag('true!'), false],
    ['no text', flag(true), false],
    ['another flag only', flag('true', 'another'), false],
    ['no flags', { flags: [], ttl_seconds: 900 }, false],
    ['the list left out', { ttl_seconds: 900 }, false],
    [
      'odd entries beside it',
      { flags: [null, 1, [], { name: NAME, value: 'true' }], ttl_seconds: 900 },
      true,
    ],
  ])('reads %s', async (_name, body, enabled) => {
    server.handle((_request, response) => json(response, body));
    expect(await ask()).toEqual({ outcome: 'answer', enabled, ttlSeconds: 900 });
  });

  it.each([
    [0, 0],
    [-1, -1],
    [1e9, 1e9],
    ['900', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('passes the time to live %j on as it is', async (ttl, expected) => {
    server.handle((_request, response) => json(response, { flags: [], ttl_seconds: ttl }));
    expect(await ask()).toMatchObject({ outcome: 'answer', ttlSeconds: expected });
  });

  it.each([
    ['no JSON', 'garbage'],
    ['a list', '[]'],
    ['null', 'null'],
    ['flags that are no list', '{"flags":{}}'],
    ['too much', `{"flags":[],"x":"${'x'.repeat(70_000)}"}`],
    ['nothing', ''],
  ])('fails at %s: that is no answer', async (_name, body) => {
    server.handle((_request, response) => response.end(body));
    expect(await ask()).toEqual({ outcome: 'failure', error: 'unreadable' });
  });

  it('fails at any other status, and passes Retry-After on', async () => {
    server.handle((_request, response) => json(response, flag('true'), 302, { location: '/' }));
    expect(await ask()).toEqual({ outcome: 'failure', error: '302' });
    server.handle((_request, response) => json(response, {}, 429, { 'retry-after': '7' }));
    expect(await ask()).toEqual({ outcome: 'failure', error: '429', retryAfterMs: 7_000 });
    expect(await ask()).toMatchObject({ outcome: 'blocked' });
    expect(server.requests).toHaveLength(2);
  });

  it.each([401, 403])('says that the credentials were refused at a %i', async (status) => {
    server.handle((_request, response) => json(response, {}, status));
    expect(await ask()).toEqual({ outcome: 'unauthorized' });
  });

  it('is not cut off by the limit for the headers of an export: who asks sets the limit', async () => {
    server.handle((_request, response) => setTimeout(() => json(response, flag('true')), 900));
    expect(await ask()).toMatchObject({ outcome: 'answer' });
  });

  it('does not ask the breaker, and is no business of its', async () => {
    await exporter.close();
    exporter = hostExporter(server.port, { circuitBreaker: { failureThreshold: 1 } });
    server.handle((_request, response) => json(response, {}, 500));
    await ask();
    expect(exporter.breaker().state).toBe('closed');
    expect(exporter.requests()).toEqual({});
  });

  it('sends nothing without credentials, without a version, or by a route that is not supported', async () => {
    for (const version of ['', 'latest', '2.1', '../../admin', '2.1.x', 'v2.1.0']) {
      expect(await ask(version)).toEqual({ outcome: 'failure', error: 'driver_version' });
    }
    credentials = undefined;
    expect(await ask()).toEqual({ outcome: 'unauthorized' });
    credentials = CREDENTIALS;
    const plain = destinationTo(server.port, routeVia(server.ca, { https: false }));
    expect(await exporter.fetchFeatureFlag(plain, '2.1.0', never)).toEqual({
      outcome: 'failure',
      error: 'unsupported_route',
    });
    expect(server.connections()).toBe(0);
  });

  it('fails at an answer that breaks off', async () => {
    server.handle((_request, response, tcp) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{', () => tcp.resetAndDestroy());
    });
    expect(await ask()).toMatchObject({ outcome: 'failure' });
  });

  it('ends as aborted when the signal aborts, before the answer or in its middle', async () => {
    const abort = new AbortController();
    const result = ask('2.1.0', abort.signal);
    abort.abort();
    expect(await result).toEqual({ outcome: 'aborted' });

    const inBody = new AbortController();
    server.handle((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{', () => setTimeout(() => inBody.abort(), 20));
    });
    expect(await ask('2.1.0', inBody.signal)).toEqual({ outcome: 'aborted' });
  });
});
