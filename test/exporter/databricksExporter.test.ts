import type { Pool } from 'undici';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DatabricksExporterOptions } from '../../src/config.js';
import type { ConnectionRoute } from '../../src/connectionHandle.js';
import { parseAddress } from '../../src/exporter/address.js';
import type { RecordExporter } from '../../src/exporter/contract.js';
import { DatabricksExporter } from '../../src/exporter/databricksExporter.js';
import { HttpTransport } from '../../src/exporter/httpTransport.js';
import { loadNetwork } from '../../src/exporter/loadNetwork.js';
import { recordExporterIn } from '../../src/exporter/opaque.js';
import { keyedRoute } from '../../src/exporter/routeKey.js';
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

describe('HttpTransport', () => {
  const address = parseAddress('host.example', 443);
  const routeBy = (port: number) =>
    routeVia(undefined, {
      proxy: { protocol: 'http', host: 'proxy.example', port, username: 'u', password: 'p' },
    });

  let transport: HttpTransport;
  let used: Pool | undefined;

  /** With real pools; each says that it was used, and sends nothing. */
  beforeEach(() => {
    if (address === undefined) throw new Error();
    const network = loadNetwork().then((loaded) => ({
      ...loaded,
      openPool: (...args: Parameters<typeof loaded.openPool>) => {
        const pool = loaded.openPool(...args);
        pool.dispatch = (_options, handler) => {
          used = pool;
          handler.onResponseError?.({} as never, new Error('nothing is sent'));
          return true;
        };
        return pool;
      },
    }));
    transport = new HttpTransport(address, network, NODE_RUNTIME);
  });

  async function poolBy(route: ConnectionRoute): Promise<Pool> {
    used = undefined;
    await transport.send({ method: 'GET', path: '/', headers: {}, route: keyedRoute(route) }, never);
    if (used === undefined) throw new Error('no pool was used');
    return used;
  }

  it('knows routes that are alike, and tells all others apart', async () => {
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
    const pools = [];
    for (const route of different) pools.push(await poolBy(route));
    expect(new Set(pools).size).toBe(different.length);
    for (const [i, route] of different.entries()) {
      expect(await poolBy(structuredClone(route))).toBe(pools[i]);
    }
    expect(await poolBy(routeVia(undefined, { ca: [Buffer.from('a')] }))).toBe(pools[1]);
    await transport.close();
  });

  it('keeps the 32 routes that were used last', async () => {
    const first = await poolBy(routeBy(1));
    const second = await poolBy(routeBy(2));
    for (let port = 3; port <= 32; port++) await poolBy(routeBy(port));
    expect(await poolBy(routeBy(1))).toBe(first);
    await poolBy(routeBy(33));
    expect(await poolBy(routeBy(1))).toBe(first);
    expect(second.closed).toBe(true);
    expect(await poolBy(routeBy(2))).not.toBe(second);
    await transport.close();
    expect(first.destroyed).toBe(true);
  });
});
