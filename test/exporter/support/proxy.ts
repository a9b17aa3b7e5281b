import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { defaultTestCertificate } from '../../support/local-databricks/certificates.js';

export interface TestProxy {
  readonly port: number;
  /** What CONNECT asked for, in order. */
  readonly connects: { readonly target: string; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

export interface ProxyOptions {
  readonly tls?: boolean;
  /** `user:password` that it insists on. */
  readonly credentials?: string;
  /** In place of a tunnel: what it sends, or nothing at all for `''`. */
  readonly answer?: string;
  readonly onConnect?: () => void;
  /** Where tunnels lead; default: where the client asks. */
  readonly target?: { readonly host: string; readonly port: number };
}

/** A CONNECT proxy on loopback. */
export async function startProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const connects: TestProxy['connects'] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = await makeServer(options.tls === true);
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    client.on('error', () => client.destroy());
    const authorization = request.headers['proxy-authorization'];
    connects.push({ target: request.url ?? '', authorization });
    options.onConnect?.();
    if (options.answer !== undefined) {
      client.write(options.answer);
      return;
    }
    const expected = options.credentials;
    if (expected !== undefined && authorization !== `Basic ${Buffer.from(expected).toString('base64')}`) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(options.target?.port ?? Number(port), options.target?.host ?? hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    keep(upstream);
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connects,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}

async function makeServer(tls: boolean): Promise<Server> {
  if (!tls) {
    return createServer();
  }
  const { key, cert } = await defaultTestCertificate();
  return createSecureServer({ key, cert });
}
