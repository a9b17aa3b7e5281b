import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A backend of a vendor's, which takes whatever is sent to it. */
export interface LocalIntake {
  readonly port: number;
  /** All that came, as text: names and values can be found in it, whatever the encoding. */
  text(): string;
  clear(): void;
  close(): Promise<void>;
}

export async function startLocalIntake(): Promise<LocalIntake> {
  let bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks);
    bodies.push(
      (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('latin1'),
    );
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    text: () => bodies.join('\n'),
    clear: () => {
      bodies = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
