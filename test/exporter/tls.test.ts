import { createServer } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionRoute } from '../../src/connectionHandle.js';
import {
  defaultTestCertificate,
  makeClientCertificate,
  makeTestCertificate,
} from '../support/local-databricks/certificates.js';
import { destinationTo, HOST, hostExporter, never, records, routeVia } from './support/fixtures.js';
import { startServer, type TestServer } from './support/server.js';

const CLOSED_BREAKER = { failureThreshold: 1_000 };

describe('TLS is what the connection has', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    await server.close();
  });

  async function exportBy(route: ConnectionRoute, { host = HOST, port = server.port } = {}) {
    const exporter = hostExporter(port, { host, circuitBreaker: CLOSED_BREAKER });
    const result = await exporter.export(records(1), { ...destinationTo(port, route), host }, never);
    await exporter.close();
    return 'error' in result ? result.error : result.outcome;
  }

  it('trusts the given authority, by address and by name', async () => {
    expect(await exportBy(routeVia(server.ca))).toBe('success');
    expect(await exportBy(routeVia(server.ca), { host: 'localhost' })).toBe('success');
  });

  it('trusts several authorities, as text or as bytes', async () => {
    const other = await generate([{ name: 'commonName', value: 'another authority' }], { keyType: 'ec' });
    const ca = [other.cert, Buffer.from(server.ca)];
    expect(await exportBy({ ...routeVia(undefined), ca })).toBe('success');
  });

  it("trusts only Node.js's own authorities where none is given", async () => {
    expect(await exportBy(routeVia(undefined))).not.toBe('success');
    expect(server.requests).toEqual([]);
  });

  it('trusts only the given authorities', async () => {
    const other = await makeTestCertificate();
    expect(await exportBy(routeVia(other.ca))).not.toBe('success');
    expect(server.requests).toEqual([]);
  });

  it('holds the certificate against the name that it connects to', async () => {
    const { ca, key, cert } = await defaultTestCertificate();
    // 127.0.0.2 is loopback too, but not among the certificate's names.
    const strange = createServer({ key, cert });
    await new Promise<void>((resolve) => strange.listen(0, '127.0.0.2', resolve));
    const { port } = strange.address() as { port: number };
    expect(await exportBy(routeVia(ca), { host: '127.0.0.2', port })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    await new Promise((resolve) => strange.close(resolve));
  });

  it('verifies nothing only where the connection does not either', async () => {
    expect(await exportBy(routeVia(undefined, { rejectUnauthorized: false }))).toBe('success');
  });

  it('shows the client certificate where there is one', async () => {
    const { ca } = await defaultTestCertificate();
    const { cert, key } = await makeClientCertificate();
    const strict = await startServer(undefined, { ca, requestCert: true, rejectUnauthorized: true });
    const { port } = strict;
    const route = routeVia(ca, { clientCert: cert, clientKey: Buffer.from(key) });
    expect(await exportBy(route, { port })).toBe('success');
    expect(await exportBy(routeVia(ca), { port })).not.toBe('success');
    expect(strict.requests).toHaveLength(1);
    await strict.close();
  });

  it('speaks no TLS older than 1.2', async () => {
    const old = await startServer(undefined, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect(await exportBy(routeVia(server.ca), { port: old.port })).not.toBe('success');
    expect(old.requests).toEqual([]);
    await old.close();
  });

  it('survives a certificate that is none', async () => {
    expect(await exportBy(routeVia('-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----'))).not.toBe(
      'success',
    );
    expect(await exportBy(routeVia(server.ca, { clientCert: 'none', clientKey: 'none' }))).not.toBe(
      'success',
    );
    expect(server.requests).toEqual([]);
  });
});
