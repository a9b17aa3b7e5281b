import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as forward } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LocalDatabricks, TestCertificate } from '../../support/local-databricks/index.js';

export interface RecordingProxy {
  readonly host: string;
  readonly port: number;
  /** Every request as it came: method, path, headers in their order and spelling, body. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Stands in front of the local Databricks and keeps all that a client sends, byte for byte. */
export async function startRecordingProxy(
  db: LocalDatabricks,
  certificate: TestCertificate,
): Promise<RecordingProxy> {
  const requests: string[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer({ key: certificate.key, cert: certificate.cert });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, rawHeaders, headers } = request;
      const body = Buffer.concat(chunks);
      requests.push(JSON.stringify({ method, url, rawHeaders, body: body.toString('base64') }));
      const upstream = forward(
        { host: db.host, port: db.port, method, path: url, headers, ca: db.ca, agent },
        (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(response);
        },
      );
      upstream.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return {
    host: HOST,
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
