import type { LookupFunction, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HostAddress, parseAddress } from '../../src/exporter/address.js';
import { createConnector } from '../../src/exporter/connector.js';
import { KnownAddresses } from '../../src/exporter/knownAddresses.js';
import { NODE_RUNTIME } from '../../src/runtime.js';
import { HOST, never, routeVia } from './support/fixtures.js';
import { startServer, type TestServer } from './support/server.js';

const NAME = 'dbc-1.cloud.databricks.test';
/** Loopback, where nobody listens. */
const WRONG_HOST = '127.0.0.3';

describe('createConnector', () => {
  const resolve = vi.fn<LookupFunction>();
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
    resolve.mockReset();
  });
  afterEach(() => server.close());

  function namePointsTo(...addresses: string[]): void {
    resolve.mockImplementation((_name, _options, callback) =>
      setImmediate(() =>
        callback(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        ),
      ),
    );
  }

  function connector(signal = never) {
    const address = parseAddress(NAME, server.port) as HostAddress;
    const connect = createConnector(address, routeVia(server.ca), {
      addresses: new KnownAddresses(resolve),
      connectTimeoutMs: 1_000,
      runtime: NODE_RUNTIME,
      signal,
    });
    return () =>
      new Promise<Socket | Error>((done) =>
        connect({ hostname: NAME, protocol: 'https:', port: '' }, (error, socket) => {
          socket?.destroy();
          done(error ?? socket);
        }),
      );
  }

  it('looks a name up once for all connections', async () => {
    namePointsTo(HOST);
    const connect = connector();
    for (let i = 0; i < 3; i++) expect(await connect()).toHaveProperty('encrypted', true);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it('looks it up again after a connection failed: the name may have moved', async () => {
    namePointsTo(WRONG_HOST);
    const connect = connector();
    expect(await connect()).toHaveProperty('code', 'ECONNREFUSED');
    namePointsTo(HOST);
    expect(await connect()).toHaveProperty('encrypted', true);
    expect(resolve).toHaveBeenCalledTimes(2);
  });

  it('tries the next address of a name, by a socket that does not hold the process either', async () => {
    namePointsTo(WRONG_HOST, HOST);
    const unref = vi.spyOn((await import('node:net')).Socket.prototype, 'unref');
    try {
      expect(await connector()()).toHaveProperty('encrypted', true);
      // At once, then for each of the two attempts, then for TLS.
      expect(unref.mock.calls.length).toBeGreaterThanOrEqual(4);
    } finally {
      unref.mockRestore();
    }
  });

  it('fails where the name has no address', async () => {
    resolve.mockImplementation((_name, _options, callback) =>
      callback(Object.assign(new Error(), { code: 'ENOTFOUND' }), []),
    );
    expect(await connector()()).toHaveProperty('code', 'ENOTFOUND');
  });

  it('opens nothing once the signal has aborted', async () => {
    namePointsTo(HOST);
    expect(await connector(AbortSignal.abort())()).toBeInstanceOf(Error);
    expect(server.connections()).toBe(0);
  });

  it('gives up what is under way when the signal aborts', async () => {
    const abort = new AbortController();
    resolve.mockImplementation(() => {});
    const connecting = connector(abort.signal)();
    abort.abort();
    expect(await connecting).toHaveProperty('message', 'closed');
    expect(server.connections()).toBe(0);
  });
});
