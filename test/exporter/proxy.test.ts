import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProxyRoute } from '../../src/connectionHandle.js';
import { isSupportedRoute } from '../../src/exporter/supportedRoutes.js';
import { destinationTo, HOST, hostExporter, never, records, routeVia } from './support/fixtures.js';
import { type ProxyOptions, startProxy, type TestProxy } from './support/proxy.js';
import { startServer, type TestServer } from './support/server.js';

describe('through a proxy', () => {
  let server: TestServer;
  let proxy: TestProxy | undefined;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
    await server.close();
  });

  async function openProxy(options: ProxyOptions = {}): Promise<ProxyRoute> {
    proxy = await startProxy(options);
    return { protocol: options.tls === true ? 'https' : 'http', host: HOST, port: proxy.port };
  }

  async function exportVia(proxyRoute: ProxyRoute, maxRetries = 0) {
    const exporter = hostExporter(server.port, { maxRetries, circuitBreaker: { failureThreshold: 1_000 } });
    const route = routeVia(server.ca, { proxy: proxyRoute });
    const result = await exporter.export(records(1), destinationTo(server.port, route), never);
    const requests = exporter.requests();
    await exporter.close();
    return { result, requests };
  }

  it('goes by CONNECT, without credentials where the proxy needs none', async () => {
    const { result } = await exportVia(await openProxy());
    expect(result).toMatchObject({ outcome: 'success' });
    expect(proxy?.connects).toEqual([{ target: `${HOST}:${server.port}`, authorization: undefined }]);
    expect(server.requests).toHaveLength(1);
  });

  it('gives the proxy its credentials, and the target none of them', async () => {
    const route = await openProxy({ credentials: 'us%er:pa:ss wörd' });
    const { result } = await exportVia({ ...route, username: 'us%er', password: 'pa:ss wörd' });
    expect(result).toMatchObject({ outcome: 'success' });
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('keeps the tunnel for the next batch', async () => {
    const route = routeVia(server.ca, { proxy: await openProxy() });
    const exporter = hostExporter(server.port);
    for (let i = 0; i < 3; i++) {
      await exporter.export(records(1), destinationTo(server.port, route), never);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await exporter.close();
    expect(proxy?.connects).toHaveLength(1);
  });

  it('verifies the target behind the tunnel', async () => {
    const exporter = hostExporter(server.port);
    const route = routeVia(undefined, { proxy: await openProxy() });
    const result = await exporter.export(records(1), destinationTo(server.port, route), never);
    await exporter.close();
    expect(result.outcome).toBe('retryable');
    expect(server.requests).toEqual([]);
  });

  it('holds the certificate behind the tunnel against the name of the target, once per attempt', async () => {
    const proxyRoute = await openProxy({ target: { host: HOST, port: server.port } });
    const exporter = hostExporter(443, { host: 'elsewhere.example' });
    const route = routeVia(server.ca, { proxy: proxyRoute });
    const result = await exporter.export(records(1), destinationTo(443, route), never);
    await exporter.close();
    expect(result).toEqual({ outcome: 'retryable', error: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(proxy?.connects.map(({ target }) => target)).toEqual(['elsewhere.example:443']);
    expect(server.requests).toEqual([]);
  });

  it('looks the name of the target up at the proxy only', async () => {
    const proxyRoute = await openProxy({ target: { host: HOST, port: server.port } });
    const exporter = hostExporter(443, { host: 'dbc-1.cloud.databricks.test' });
    const route = routeVia(server.ca, { proxy: proxyRoute });
    expect(await exporter.export(records(1), destinationTo(443, route), never)).toMatchObject({
      outcome: 'success',
    });
    await exporter.close();
    expect(proxy?.connects.map(({ target }) => target)).toEqual(['dbc-1.cloud.databricks.test:443']);
    expect(server.requests[0]?.headers.host).toBe('dbc-1.cloud.databricks.test');
  });

  it('verifies an https proxy by the authorities of Node.js, not by those given for the target', async () => {
    const { result } = await exportVia(await openProxy({ tls: true }));
    expect(result).toMatchObject({ outcome: 'retryable' });
    expect(proxy?.connects).toEqual([]);
    expect(server.connections()).toBe(0);
  });

  it.each([
    ['a refusal', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'ERR_PROXY_TUNNEL'],
    ['something that is no HTTP', 'SSH-2.0\r\n\r\n', 'ERR_PROXY_TUNNEL'],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`, 'ERR_PROXY_TUNNEL'],
    ['silence', '', 'UND_ERR_CONNECT_TIMEOUT'],
  ])('sends nothing, and nothing directly, where the proxy answers with %s', async (_name, answer, error) => {
    const { result, requests } = await exportVia(await openProxy({ answer }));
    expect(result).toEqual({ outcome: 'retryable', error });
    expect(requests).toEqual({ [error]: 1 });
    expect(server.connections()).toBe(0);
  });

  it('sends nothing directly where the proxy wants credentials that there are not', async () => {
    const { result } = await exportVia(await openProxy({ credentials: 'a:b' }));
    expect(result).toEqual({ outcome: 'retryable', error: 'ERR_PROXY_TUNNEL' });
    expect(server.connections()).toBe(0);
  });

  it('sends nothing directly where the proxy is gone, retries included', async () => {
    const route = await openProxy();
    await proxy?.close();
    proxy = undefined;
    const { result, requests } = await exportVia(route, 2);
    expect(result).toEqual({ outcome: 'retryable', error: 'ECONNREFUSED' });
    expect(requests).toEqual({ ECONNREFUSED: 3 });
    expect(server.connections()).toBe(0);
  });

  it('tries a proxy that hangs up once per attempt', async () => {
    const { createServer } = await import('node:net');
    let connections = 0;
    const rude = createServer((socket) => {
      connections++;
      socket.on('error', () => {}).once('data', () => socket.end());
    });
    await new Promise<void>((resolve) => rude.listen(0, HOST, resolve));
    const { port } = rude.address() as { port: number };
    const { result } = await exportVia({ protocol: 'http', host: HOST, port });
    expect(result.outcome).toBe('retryable');
    expect(connections).toBe(1);
    expect(server.connections()).toBe(0);
    rude.close();
  });

  it('ignores proxies that the environment names: the driver does too', async () => {
    const before = process.env['HTTPS_PROXY'];
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:1';
    try {
      const exporter = hostExporter(server.port);
      const target = destinationTo(server.port, routeVia(server.ca));
      expect(await exporter.export(records(1), target, never)).toMatchObject({ outcome: 'success' });
      await exporter.close();
    } finally {
      if (before === undefined) delete process.env['HTTPS_PROXY'];
      else process.env['HTTPS_PROXY'] = before;
    }
  });
});

describe('isSupportedRoute', () => {
  const via = (proxy: ProxyRoute) => isSupportedRoute(routeVia(undefined, { proxy }));

  it('takes TLS, directly and through HTTP proxies', () => {
    expect(isSupportedRoute(routeVia(undefined))).toBe(true);
    expect(via({ protocol: 'http', host: 'proxy.example', port: 3128 })).toBe(true);
    expect(via({ protocol: 'https', host: '::1', port: 3128 })).toBe(true);
  });

  it.each(['socks', 'socks4', 'socks4a', 'socks5', 'socks5h', 'ftp', 'HTTP', 'http:', ''])(
    'refuses a proxy of protocol %j',
    (protocol) => {
      expect(via({ protocol, host: 'proxy.example', port: 3128 })).toBe(false);
    },
  );

  it('refuses a proxy whose address is odd', () => {
    expect(via({ protocol: 'http', host: 'proxy.example/x', port: 3128 })).toBe(false);
    expect(via({ protocol: 'http', host: 'proxy.example\r\nx', port: 3128 })).toBe(false);
    expect(via({ protocol: 'http', host: 'proxy.example', port: 0 })).toBe(false);
  });

  it('refuses a connection without TLS, whatever its proxy', () => {
    const proxy = { protocol: 'http', host: 'proxy.example', port: 3128 };
    expect(isSupportedRoute(routeVia(undefined, { https: false }))).toBe(false);
    expect(isSupportedRoute(routeVia(undefined, { https: false, proxy }))).toBe(false);
  });
});
