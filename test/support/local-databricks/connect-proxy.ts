import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { headersOf } from './exchange.js';
import { Sockets } from './sockets.js';
import type { ConnectProxy } from './types.js';

const HOST = '127.0.0.1';

/** An HTTP CONNECT proxy that tunnels to one target, whatever host the client names. */
export async function startConnectProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<ConnectProxy> {
  const sockets = new Sockets();
  const upstreams = new Set<Socket>();
  const connects: ConnectProxy['connects'][number][] = [];

  const server = createServer((_request, response) => response.writeHead(405).end());
  sockets.watch(server);
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const { hostname, port } = new URL(`http://${request.url}`);
    // URL drops the default port of its scheme.
    connects.push({
      host: hostname,
      port: Number(port || 80),
      headers: headersOf(request),
      at: performance.now(),
    });

    const upstream = connect(target.port, target.host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstreams.add(upstream);
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      upstreams.delete(upstream);
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));

  return {
    host: HOST,
    port: (server.address() as AddressInfo).port,
    connects,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const upstream of upstreams) upstream.destroy();
      sockets.destroyAll();
      await closed;
    },
  };
}
