import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { defaultTestCertificate } from '../../support/local-databricks/certificates.js';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `tcp` is the socket below TLS. */
export type Handler = (request: SeenRequest, response: ServerResponse, tcp: Socket) => void;

export interface TestServer {
  readonly port: number;
  readonly ca: string;
  /** Every request, in order. */
  readonly requests: SeenRequest[];
  /** TCP connections so far. */
  connections(): number;
  /** What it answers from now on. */
  handle(handler: Handler): void;
  close(): Promise<void>;
}

/** Answers as the telemetry endpoint does when all is well. */
export const ok: Handler = (request, response) => {
  const { protoLogs } = JSON.parse(request.body) as { protoLogs: string[] };
  json(response, {
    errors: [],
    numSuccess: 0,
    numProtoSuccess: protoLogs.length,
    numRealtimeSuccess: 0,
  });
};

export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** An HTTPS server on loopback whose answers the test chooses. */
export async function startServer(handler: Handler = ok, options: ServerOptions = {}): Promise<TestServer> {
  const certificate = await defaultTestCertificate();
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let current = handler;
  const server = createServer({ key: certificate.key, cert: certificate.cert, ...options });
  server.keepAliveTimeout = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.on('tlsClientError', () => {});
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen: SeenRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(seen);
      const tcp = [...sockets].find(({ remotePort }) => remotePort === request.socket.remotePort);
      current(seen, response, tcp ?? request.socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ca: certificate.ca,
    requests,
    connections: () => connections,
    handle: (next) => {
      current = next;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}
