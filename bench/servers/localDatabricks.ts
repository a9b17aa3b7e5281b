/**
 * A workspace on loopback that remembers nothing, for the real driver. Port 443 leads to it as well, where
 * that is free: the driver's own telemetry knows no other.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultTestCertificate } from '../../test/support/local-databricks/certificates.js';
import { startLocalDatabricks } from '../../test/support/local-databricks/index.js';

const HTTPS_PORT = 443;

const { ca } = await defaultTestCertificate();
const caFile = join(mkdtempSync(join(tmpdir(), 'bench-')), 'ca.pem');
writeFileSync(caFile, ca);
const { host, port } = await startLocalDatabricks({ keepTruth: false });

const front = createServer((socket) => {
  const server = connect(port, host);
  socket.setNoDelay(true);
  server.setNoDelay(true);
  socket.on('error', () => server.destroy());
  server.on('error', () => socket.destroy());
  socket.pipe(server).pipe(socket);
});
const hasHttpsPort = await new Promise<boolean>((resolve) => {
  front.once('error', () => resolve(false));
  front.listen(HTTPS_PORT, host, () => resolve(true));
});
process.send?.({ host, port: String(port), caFile, hasHttpsPort: String(hasHttpsPort) });
