/**
 * Proves: for any connect options, the address and the route that we would contact are those of the driver's own
 * request: the driver's own code and Node.js's make the request, with the socket taken away, and are the oracle.
 * What the driver can't reach has no address here either.
 */
import { EventEmitter } from 'node:events';
import { request } from 'node:https';
import { parse, type Url } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectionEndpoint } from '../../src/connectionHandle.js';
import { parseAddress } from '../../src/exporter/address.js';
import { isSupportedRoute } from '../../src/exporter/supportedRoutes.js';
import { orgIdOfPath, sendableHeaders } from '../../src/instrumentation/endpointHeaders.js';
import { endpointOfWire } from '../../src/instrumentation/wireEndpoint.js';
import { loadDriver, newClient } from '../support/drivers.js';

const CASES = 20_000;
const driver = loadDriver();
const client = newClient(driver) as unknown as DriverInternals;
const NO_HEADERS = { orgId: undefined, customHeaders: undefined };

interface HttpConnection {
  getAgent(): Promise<object>;
  getThriftConnection(): Promise<Wire>;
}

interface Wire {
  readonly url: string;
  readonly config: { readonly agent: object; readonly headers: object };
}

interface DriverInternals {
  createConnectionProvider(options: unknown): HttpConnection;
  buildCustomHeaders(path: unknown, headers: unknown): Record<string, string> | undefined;
}

const hosts = fc.oneof(
  fc.constantFrom(
    'h.test',
    'H.Test',
    '127.0.0.1',
    '::1',
    '[::1]',
    'h.test:8443',
    'h.test/',
    'h.test/x',
    'u:p@h.test',
  ),
  fc.constantFrom(
    'h.test?',
    'h.test#',
    '',
    ' h.test',
    'h.test ',
    '127.1',
    '0x7f.1',
    'ｈ.test',
    'xn--a.test',
    'a\\b',
    'h%2etest',
  ),
  fc.domain(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.string(),
  fc.constantFrom(undefined, null, 7),
);
const ports = fc.oneof(
  fc.constantFrom(
    '0x1bb',
    '443e0',
    ' 443',
    '8443/',
    '8443/x',
    '1@other.test:8443',
    70_000,
    'abc',
    '',
    0,
    -1,
    1.5,
    '443',
  ),
  fc.constantFrom(undefined, null, 443, 8_443, '8443', true, '8443?', '8443#', '443\n'),
  fc.integer({ min: 0, max: 70_000 }),
  fc.string(),
);
const proxies = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom('http://p.test:3128', false, '', null, 0, {}),
  fc.record(
    {
      protocol: fc.constantFrom('http', 'https', 'socks5', 'HTTP', 'http:', 'ftp', undefined, 'pac+http'),
      host: hosts,
      port: ports,
      auth: fc.option(
        fc.record({
          username: fc.oneof(fc.string(), fc.constantFrom('u@v', 'u:v', '%', '%41', undefined)),
          password: fc.oneof(fc.string(), fc.constantFrom('p/w', 'p#w', '%zz', undefined)),
        }),
        { nil: undefined },
      ),
    },
    { requiredKeys: ['protocol', 'host', 'port'] },
  ),
);
const trust = fc.record(
  {
    checkServerCertificate: fc.constantFrom(true, false, undefined, null, 0, 'false'),
    path: fc.constantFrom(
      '/sql/1.0/warehouses/x?o=1',
      'sql',
      '',
      '/',
      '@other.test/',
      '//other.test/',
      undefined,
      '?o=1',
      ':1',
    ),
  },
  { requiredKeys: [] },
);
const options = fc
  .tuple(hosts, ports, proxies, trust)
  .map(([host, port, proxy, more]) => ({ host, port, ...(proxy === undefined ? {} : { proxy }), ...more }));

/** What Node.js is asked to connect to for the driver's request; `undefined` if there is none. */
interface Contact {
  readonly host: string;
  readonly port: number;
  readonly proxy: string | undefined;
  readonly rejectUnauthorized: boolean;
}

async function contactOfDriver(wire: Wire): Promise<Contact | undefined> {
  let url: Url;
  try {
    // As node-fetch reads it: see parseURL() there.
    url = parse(new URL(wire.url).toString());
  } catch {
    return undefined;
  }
  if (url.auth !== null) {
    return undefined;
  }
  const { agent } = wire.config;
  const host = url.hostname ?? '';
  const port = Number(url.port ?? 443);
  if (!('getProxyForUrl' in agent)) {
    return { host, port, proxy: undefined, ...(await directly(url, agent)) };
  }
  return proxyAgentFor(agent as object as ProxyAgent, url, { host, port });
}

interface ProxyAgent {
  connect(
    request: { getHeader(name: string): string | undefined; path: string },
    options: { secureEndpoint: boolean },
  ): Promise<{ readonly proxy?: URL; readonly connectOpts?: { host: string; port: number } }>;
}

/** The driver's agent, asked for the agent that it would use; that one knows its proxy. */
async function proxyAgentFor(
  agent: ProxyAgent,
  url: Url,
  target: { readonly host: string; readonly port: number },
): Promise<Contact | undefined> {
  try {
    const getHeader = (name: string) => (name === 'host' ? (url.host ?? '') : undefined);
    const found = await agent.connect({ getHeader, path: url.path ?? '/' }, { secureEndpoint: true });
    if (found.proxy === undefined || found.connectOpts === undefined) {
      return undefined;
    }
    decodeURIComponent(found.proxy.username + found.proxy.password);
    const { host, port } = found.connectOpts;
    return { ...target, proxy: `${found.proxy.protocol}//${host}:${port}`, rejectUnauthorized: true };
  } catch {
    return undefined;
  }
}

/** Node.js's own reading of the agent's options, taken where it would open the socket. */
async function directly(url: Url, agent: object): Promise<{ readonly rejectUnauthorized: boolean }> {
  return new Promise((resolve, reject) => {
    const observed = Object.create(agent, {
      createConnection: {
        value: (opened: { rejectUnauthorized?: boolean }) => {
          resolve({ rejectUnauthorized: opened.rejectUnauthorized !== false });
          return Object.assign(new EventEmitter(), { destroy: () => undefined, setTimeout: () => undefined });
        },
      },
    }) as never;
    const sent = request({ hostname: url.hostname, port: url.port, path: '/', agent: observed });
    sent.on('error', reject);
  });
}

/** Whether anything would be sent to an endpoint: what the exporter checks before it opens a host. */
function isServable({ host, port, route }: ConnectionEndpoint): boolean {
  return isSupportedRoute(route) && parseAddress(host, port) !== undefined;
}

const plain = (host: string) => host.replace(/^\[|\]$/g, '').toLowerCase();

describe('for any connect options', () => {
  it(`M2: what we would contact is what the driver contacts (${CASES} cases)`, async () => {
    let served = 0;
    await fc.assert(
      fc.asyncProperty(options, async (given) => {
        let wire: Wire;
        try {
          wire = await client.createConnectionProvider(given).getThriftConnection();
        } catch {
          // The driver itself refuses: there is no wire, and so no address.
          return;
        }
        const endpoint = endpointOfWire(wire, NO_HEADERS);
        if (!isServable(endpoint)) {
          return;
        }
        served++;
        const contact = await contactOfDriver(wire);
        expect(contact).toBeDefined();
        expect(plain(endpoint.host)).toBe(plain(contact?.host ?? ''));
        expect(endpoint.port).toBe(contact?.port);
        const { proxy } = endpoint.route;
        expect(proxy && `${proxy.protocol}://${plain(proxy.host)}:${proxy.port}`).toBe(
          contact?.proxy?.replace(/\[|\]/g, ''),
        );
        expect(endpoint.route.rejectUnauthorized || !contact?.rejectUnauthorized).toBe(true);
      }),
      { numRuns: CASES },
    );
    expect(served).toBeGreaterThan(CASES / 20);
  }, 120_000);

  it.each<[string, object]>([
    ['a proxy that is a string', { proxy: 'http://127.0.0.1:1' }],
    ['a proxy that is false', { proxy: false }],
    ['a proxy that is empty', { proxy: '' }],
    ['a host with a port', { host: 'h.test:8443' }],
    ['a host with user information', { host: 'user:secret@h.test' }],
    ...['8443/', '8443/x', '1@other.test:8443', 70_000, 'abc', '443e0'].map((port): [string, object] => [
      `port ${port}`,
      { port },
    ]),
  ])('M2: %s is no way to anywhere but where the driver goes', async (_title, odd) => {
    const given = { host: 'h.test', path: '/sql', token: 'T', ...odd };
    const wire = await client.createConnectionProvider(given).getThriftConnection();
    const endpoint = endpointOfWire(wire, NO_HEADERS);
    const contact = await contactOfDriver(wire);
    if (contact === undefined) {
      expect(isServable(endpoint)).toBe(false);
    } else {
      expect([endpoint.host, endpoint.port]).toEqual([contact.host, contact.port]);
    }
    expect(JSON.stringify(endpoint)).not.toContain('secret');
  });
});

describe('the workspace’s id', () => {
  const paths = fc.oneof(
    fc.constantFrom(
      '?o=111?o=2',
      '/x?o=1&o=2',
      '/o/77/c',
      '/x?o=abc',
      '/x?o=',
      '/o/7?o=8',
      '/x?a=1&o=9#',
      '',
    ),
    fc.stringMatching(/^[/?&=o0-9x]{0,24}$/),
  );
  const headers = fc.oneof(
    fc.constant(undefined),
    fc.dictionary(
      fc.constantFrom('x-databricks-org-id', 'X-Databricks-Org-Id', 'x-gateway'),
      fc.stringMatching(/^[0-9a]{0,6}$/),
    ),
  );

  it(`L7: is the one that the driver would send, or none (${CASES} cases)`, () => {
    fc.assert(
      fc.property(paths, headers, (path, given) => {
        const built = client.buildCustomHeaders(path, given);
        const sent = Object.entries(built ?? {}).filter(
          ([name]) => name.toLowerCase() === 'x-databricks-org-id',
        );
        const { orgId } = sendableHeaders(built);
        expect([undefined, ...sent.map(([, value]) => value)]).toContain(orgId);
        const fromPath = client.buildCustomHeaders(path, undefined)?.['x-databricks-org-id'];
        expect(orgIdOfPath(path)).toBe(fromPath !== undefined && fromPath.length > 20 ? undefined : fromPath);
      }),
      { numRuns: CASES },
    );
  });

  it('L7: `?o=111?o=2` names none', () => {
    expect(orgIdOfPath('/sql/1.0/warehouses/x?o=111?o=2')).toBeUndefined();
  });
});

describe('custom headers', () => {
  it('go along, but none that authenticates, or is about the body, the connection or the sender', () => {
    const { customHeaders } = sendableHeaders({
      'X-Gateway': 'one',
      'X-Api-Key': 'secret',
      authorization: 'secret',
      Cookie: 'secret',
      'x-auth-token': 'secret',
      'proxy-authorization': 'secret',
      'Client-Secret': 'secret',
      'content-type': 'secret',
      'Content-Encoding': 'secret',
      host: 'secret',
      connection: 'secret',
      'user-agent': 'secret',
      'x-broken': 'a\nsecret',
      'x y': 'secret',
      'x-number': 7,
    });
    expect(customHeaders).toEqual({ 'x-gateway': 'one' });
  });
});
