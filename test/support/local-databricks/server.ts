import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { defaultTestCertificate } from './certificates.js';
import { CloudStorage } from './cloud-storage.js';
import { connectOptions, USE_KERNEL } from './connect-options.js';
import { bearerOf, type Exchange, readExchange, respond } from './exchange.js';
import { isFlagPath, LocalFlagEndpoint } from './flag-endpoint.js';
import { Gate } from './gate.js';
import { isKernelPath, KernelRest } from './kernel-rest.js';
import { Pauses } from './pauses.js';
import { RpcFaults } from './rpc-faults.js';
import { Sockets } from './sockets.js';
import { serveStaging } from './staging.js';
import { isTelemetryPath, LocalTelemetryEndpoint } from './telemetry-endpoint.js';
import { ThriftService } from './thrift-service.js';
import { TruthBook } from './truth.js';
import type { LocalDatabricks, LocalDatabricksOptions } from './types.js';
import { deliver, WireFaultError } from './wire-faults.js';

const HOST = '127.0.0.1';

/** Starts a workspace of one's own on loopback, for the real driver to connect to. */
export async function startLocalDatabricks(options: LocalDatabricksOptions = {}): Promise<LocalDatabricks> {
  const { requireClientCertificate = false, keepTruth = true } = options;
  const certificate = options.certificate ?? (await defaultTestCertificate());
  const pauses = new Pauses();
  const sockets = new Sockets();
  const truth = new TruthBook(keepTruth);
  const faults = new RpcFaults();
  const telemetry = new LocalTelemetryEndpoint({ pauses, sockets }, keepTruth);
  const flags = new LocalFlagEndpoint({ pauses, sockets }, keepTruth);
  const gate = new Gate(truth, faults, pauses);
  const thrift = new ThriftService(truth, gate, pauses);
  const kernel = new KernelRest(truth, gate, pauses);
  const storage = new CloudStorage(truth, pauses);

  async function route(exchange: Exchange): Promise<void> {
    const { path, request } = exchange;
    const isThrift = request.headers['content-type'] === 'application/x-thrift';
    if (isThrift || isKernelPath(path)) truth.sawToken(bearerOf(request));
    if (isThrift) return thrift.serve(exchange);
    if (path.startsWith('/cloud/')) return storage.serve(exchange);
    if (path.startsWith('/staging/')) return serveStaging(exchange, truth);
    if (isKernelPath(path)) return kernel.serve(exchange);
    if (isTelemetryPath(path)) return telemetry.serve(exchange);
    if (isFlagPath(path)) return flags.serve(exchange);
    respond(exchange, 404, 'nothing here');
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const exchange = await readExchange(request, response);
      await route(exchange).catch((error) => {
        if (!(error instanceof WireFaultError)) throw error;
        deliver(error.fault, exchange, sockets);
      });
    } catch (error) {
      // A client that went away, a server that closes, or nonsense on the wire: no reason to fall over.
      if (!response.headersSent && !response.destroyed) response.writeHead(500).end(String(error));
    }
  }

  const server = createServer({
    key: certificate.key,
    cert: certificate.cert,
    ca: certificate.ca,
    requestCert: requireClientCertificate,
    rejectUnauthorized: requireClientCertificate,
    // An idle connection that closes just as the driver uses it would be a fault that nobody asked for.
    keepAliveTimeout: 0,
  });
  sockets.watch(server);
  server.on('request', (request, response) => void serve(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    host: HOST,
    port,
    ca: certificate.ca,
    connectOptions: (overrides) =>
      connectOptions({ host: HOST, port, customCaCert: certificate.ca }, overrides),
    kernelConnectOptions: (overrides) =>
      // The kernel takes the port from the host, and ignores the option.
      connectOptions(
        { host: `${HOST}:${port}`, customCaCert: certificate.ca },
        { ...USE_KERNEL, ...overrides },
      ),
    truth,
    telemetry,
    flags,
    faults,
    reset() {
      truth.clear();
      faults.clear();
      gate.reset();
      telemetry.clear();
      flags.clear();
    },
    async close() {
      pauses.endAll();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      sockets.destroyAll();
      await closed;
    },
  };
}

/** The same workspace for the driver's kernel backend: its `connectOptions` select REST in place of Thrift. */
export async function startLocalKernelRest(options?: LocalDatabricksOptions): Promise<LocalDatabricks> {
  const server = await startLocalDatabricks(options);
  return { ...server, connectOptions: server.kernelConnectOptions };
}
