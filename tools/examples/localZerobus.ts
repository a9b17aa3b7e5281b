import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalZerobus {
  readonly url: string;
  close(): Promise<void>;
}

const TOKEN = 'token-of-the-table';

/**
 * The part of Databricks' OTLP ingestion that a client sees, as its documentation describes it: a token for one
 * table, and an OTLP/HTTP endpoint which takes that token with the table's name. What it accepts goes on to a
 * real receiver.
 */
export async function startLocalZerobus(tracesUrl: string): Promise<LocalZerobus> {
  let allowedTable: string | undefined;

  function issue(body: Buffer): object | undefined {
    const form = new URLSearchParams(body.toString());
    const details = JSON.parse(form.get('authorization_details') ?? '[]') as {
      object_type: string;
      object_full_path: string;
    }[];
    allowedTable = details.find(({ object_type }) => object_type === 'TABLE')?.object_full_path;
    const isComplete =
      form.get('grant_type') === 'client_credentials' &&
      form.get('resource')?.endsWith('/zerobusDirectWriteApi') === true &&
      allowedTable !== undefined;
    return isComplete ? { access_token: TOKEN, expires_in: 3_600 } : undefined;
  }

  async function answer({ url, headers }: IncomingMessage, body: Buffer): Promise<[number, string]> {
    if (url === '/oidc/v1/token') {
      const token = headers.authorization?.startsWith('Basic ') ? issue(body) : undefined;
      return token === undefined ? [401, ''] : [200, JSON.stringify(token)];
    }
    const isAllowed =
      headers.authorization === `Bearer ${TOKEN}` &&
      allowedTable !== undefined &&
      headers['x-databricks-zerobus-table-name'] === allowedTable;
    if (url !== '/v1/traces' || !isAllowed) {
      return [403, ''];
    }
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
    const passedOn = await fetch(tracesUrl, {
      method: 'POST',
      headers: { 'content-type': type, 'content-encoding': encoding },
      body: new Uint8Array(body),
    });
    return [passedOn.status, await passedOn.text()];
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const [status, text] = await answer(request, Buffer.concat(chunks));
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
