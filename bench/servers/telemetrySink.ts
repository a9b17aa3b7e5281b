/**
 * An HTTPS endpoint for telemetry that does as little as it may, so that the client is what is measured: it
 * counts the records of a request and says that it has taken all of them.
 */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { defaultTestCertificate } from '../../test/support/local-databricks/certificates.js';

const RECORD = 'frontend_log_event_id';

const { cert, key, ca } = await defaultTestCertificate();
let total = 0;
const server = createServer({ cert, key }, (request, response) => {
  if (request.method === 'GET') {
    response.end(String(total));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const taken = occurrences(Buffer.concat(chunks), RECORD);
    total += taken;
    const body = JSON.stringify({ errors: [], numSuccess: 0, numProtoSuccess: taken, numRealtimeSuccess: 0 });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: String((server.address() as AddressInfo).port), ca });
});

function occurrences(text: Buffer, word: string): number {
  let count = 0;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    count++;
  }
  return count;
}
