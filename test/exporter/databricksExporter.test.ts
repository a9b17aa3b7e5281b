import { describe, expect, it } from 'vitest';
import type { DatabricksExporterOptions } from '../../src/config.js';
import { parseAddress } from '../../src/exporter/address.js';
import { DatabricksExporter } from '../../src/exporter/index.js';
import { Routes } from '../../src/exporter/routes.js';
import {
  destinationTo,
  FakeCredentials,
  HOST,
  never,
  records,
  routeVia,
  SHORT_TIMEOUTS,
} from './support/fixtures.js';
import { json, startServer } from './support/server.js';

describe('DatabricksExporter', () => {
  it('opens hosts that can be sent to and refuses others', async () => {
    const exporter = new DatabricksExporter();
    expect(exporter.openHost('user@evil.example', 443)).toBeUndefined();
    const host = exporter.openHost('dbc-1.cloud.databricks.com', 443);
    expect(host?.breaker().state).toBe('closed');
    expect(host?.requests()).toEqual({});
    await host?.close();
    expect(exporter.supportsRoute(routeVia(undefined))).toBe(true);
    expect(exporter.supportsRoute(routeVia(undefined, { https: false }))).toBe(false);
  });

  it('shares nothing between hosts that it opened, not even the same one twice', async () => {
    const server = await startServer((_request, response) => json(response, {}, 500));
    const exporter = new DatabricksExporter({ circuitBreaker: { failureThreshold: 1 }, maxRetries: 0 });
    const hosts = [exporter.openHost(HOST, server.port), exporter.openHost(HOST, server.port)];
    await hosts[0]?.export(records(1), destinationTo(server.port, routeVia(server.ca)), never);
    expect(hosts.map((host) => host?.breaker().state)).toEqual(['open', 'closed']);
    await Promise.all(hosts.map((host) => host?.close()));
    await server.close();
  });

  it('gives a batch up, without a rejection, where the credentials break their promise and throw', async () => {
    const credentials = new FakeCredentials();
    credentials.get = async () => {
      throw new TypeError('secret');
    };
    const host = new DatabricksExporter().openHost(HOST, 443);
    const result = await host?.export(
      records(1),
      destinationTo(443, routeVia(undefined), { credentials }),
      never,
    );
    expect(result).toEqual({ outcome: 'terminal', error: 'TypeError', pauseMs: 60_000 });
    await host?.close();
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

  function open(): Routes {
    if (address === undefined) throw new Error();
    return new Routes(address, SHORT_TIMEOUTS);
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
    const pools = different.map((route) => routes.pool(route));
    expect(new Set(pools).size).toBe(different.length);
    expect(different.map((route) => routes.pool(structuredClone(route)))).toEqual(pools);
    expect(routes.pool(routeVia(undefined, { ca: [Buffer.from('a')] }))).toBe(pools[1]);
    await routes.close();
  });

  it('keeps the 32 routes that were used last', async () => {
    const routes = open();
    const first = routes.pool(routeBy(1));
    const second = routes.pool(routeBy(2));
    for (let port = 3; port <= 32; port++) routes.pool(routeBy(port));
    expect(routes.pool(routeBy(1))).toBe(first);
    routes.pool(routeBy(33));
    expect(routes.pool(routeBy(1))).toBe(first);
    expect(second.closed).toBe(true);
    expect(routes.pool(routeBy(2))).not.toBe(second);
    await routes.close();
    expect(first.destroyed).toBe(true);
  });
});
