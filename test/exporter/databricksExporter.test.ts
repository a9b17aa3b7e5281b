import { describe, expect, it } from 'vitest';
import type { DatabricksExporterOptions } from '../../src/config.js';
import type { ConnectionRoute } from '../../src/connectionHandle.js';
import { parseAddress } from '../../src/exporter/address.js';
import type { RecordExporter } from '../../src/exporter/contract.js';
import { DatabricksExporter } from '../../src/exporter/databricksExporter.js';
import { recordExporterIn } from '../../src/exporter/opaque.js';
import { keyedRoute } from '../../src/exporter/routeKey.js';
import { Routes } from '../../src/exporter/routes.js';
import { NODE_RUNTIME } from '../../src/runtime.js';
import { CREDENTIALS, destinationTo, HOST, never, records, routeVia } from './support/fixtures.js';
import { json, startServer } from './support/server.js';

function inside(exporter: DatabricksExporter): RecordExporter {
  const inner = recordExporterIn(exporter);
  if (inner === undefined) {
    throw new Error('nothing inside');
  }
  return inner;
}

describe('DatabricksExporter', () => {
  it('opens hosts that can be sent to and refuses others', async () => {
    const exporter = inside(new DatabricksExporter());
    expect(exporter.supportsHost('user@evil.example', 443)).toBe(false);
    expect(exporter.supportsHost('dbc-1.cloud.databricks.com', 443)).toBe(true);
    expect(() => exporter.openHost('user@evil.example', 443)).toThrow(TypeError);
    const host = exporter.openHost('dbc-1.cloud.databricks.com', 443);
    expect(host.breaker().state).toBe('closed');
    expect(host.requests()).toEqual({});
    await host.close();
    expect(exporter.supportsRoute(routeVia(undefined))).toBe(true);
    expect(exporter.supportsRoute(routeVia(undefined, { https: false }))).toBe(false);
  });

  it('shows nothing of what is inside', () => {
    const exporter = new DatabricksExporter();
    expect(Object.keys(exporter)).toEqual([]);
    expect(Object.getOwnPropertyNames(exporter)).toEqual([]);
    expect(String(exporter)).toBe('[object DatabricksExporter]');
    for (const other of [undefined, null, 'text', {}, new Map(), () => undefined]) {
      expect(recordExporterIn(other)).toBeUndefined();
    }
  });

  it('shares nothing between hosts that it opened, not even the same one twice', async () => {
    const server = await startServer((_request, response) => json(response, {}, 500));
    const exporter = inside(
      new DatabricksExporter({ circuitBreaker: { failureThreshold: 1 }, maxRetries: 0 }),
    );
    const hosts = [exporter.openHost(HOST, server.port), exporter.openHost(HOST, server.port)];
    const destination = destinationTo(server.port, routeVia(server.ca));
    await hosts[0]?.export(records(1), destination, CREDENTIALS, never);
    expect(hosts.map((host) => host.breaker().state)).toEqual(['open', 'closed']);
    await Promise.all(hosts.map((host) => host.close()));
    await server.close();
  });

  it.each<[string, object, RegExp]>([
    ['a misspelt option', { retries: 3 }, /there is no option 'retries'/],
    [
      'a number out of range',
      { maxRetries: -1 },
      /option 'maxRetries' is -1; allowed is an integer from 0 to 20/,
    ],
    [
      'a breaker that never opens',
      { circuitBreaker: { failureThreshold: 0 } },
      /circuitBreaker.failureThreshold/,
    ],
  ])('refuses %s', (_name, options, message) => {
    expect(() => new DatabricksExporter(options as DatabricksExporterOptions)).toThrow(message);
  });
});

describe('Routes', () => {
  const address = parseAddress('host.example', 443);
  const routeBy = (port: number) =>
    routeVia(undefined, {
      proxy: { protocol: 'http', host: 'proxy.example', port, username: 'u', password: 'p' },
    });

  const pool = (routes: Routes, route: ConnectionRoute) => routes.pool(keyedRoute(route));

  function open(): Routes {
    if (address === undefined) throw new Error();
    return new Routes(address, NODE_RUNTIME, 400);
  }

  it('knows routes that are alike, and tells all others apart', async () => {
    const routes = open();
    const different = [
      routeVia(undefined),
      routeVia('a'),
      routeVia('b'),
      routeVia(undefined, { ca: ['a', 'b'] }),
      routeVia(undefined, { ca: ['ab'] }),
      routeVia(undefined, { ca: [] }),
      routeVia(undefined, { rejectUnauthorized: false }),
      routeVia(undefined, { clientCert: 'a' }),
      routeVia(undefined, { clientKey: 'a' }),
      routeVia('a', { clientCert: 'b' }),
      routeBy(1),
      routeBy(2),
      routeVia(undefined, { proxy: { protocol: 'https', host: 'proxy.example', port: 1 } }),
      routeVia(undefined, { proxy: { protocol: 'http', host: 'proxy.example', port: 1 } }),
      routeVia(undefined, { proxy: { protocol: 'http', host: 'proxy.example', port: 1, username: 'u' } }),
    ];
    const pools = different.map((route) => pool(routes, route));
    expect(new Set(pools).size).toBe(different.length);
    expect(different.map((route) => pool(routes, structuredClone(route)))).toEqual(pools);
    expect(pool(routes, routeVia(undefined, { ca: [Buffer.from('a')] }))).toBe(pools[1]);
    await routes.close();
  });

  it('keeps the 32 routes that were used last', async () => {
    const routes = open();
    const first = pool(routes, routeBy(1));
    const second = pool(routes, routeBy(2));
    for (let port = 3; port <= 32; port++) pool(routes, routeBy(port));
    expect(pool(routes, routeBy(1))).toBe(first);
    pool(routes, routeBy(33));
    expect(pool(routes, routeBy(1))).toBe(first);
    expect(second.closed).toBe(true);
    expect(pool(routes, routeBy(2))).not.toBe(second);
    await routes.close();
    expect(first.destroyed).toBe(true);
  });
});
