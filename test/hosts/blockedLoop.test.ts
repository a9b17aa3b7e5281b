import { type ChildProcess, fork } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { defaultTestCertificate, FLAG_NAME } from '../support/local-databricks/index.js';

const CHILD = new URL('./children/blockedLoop.ts', import.meta.url).pathname;
/** How long the server takes for what comes after the block's beginning. */
const SHORT_MS = 30;

type Stage =
  | 'the connection'
  | "the flag's headers"
  | "the flag's body"
  | "the export's headers"
  | "the export's body";

const ANSWERS = {
  flag: JSON.stringify({ flags: [{ name: FLAG_NAME, value: 'true' }], ttl_seconds: 900 }),
  export: JSON.stringify({ errors: [], numSuccess: 0, numProtoSuccess: 5, numRealtimeSuccess: 0 }),
};

const pause = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs));

/** Sends through a server that has its client blocked at that stage of a request. */
async function sendBlocked(stage: Stage, blockMs: number): Promise<unknown> {
  const { cert, key, ca } = await defaultTestCertificate();
  let child: ChildProcess | undefined;
  const block = async (at: Stage) => {
    if (at === stage) {
      child?.send(blockMs);
      await pause(SHORT_MS);
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    await text(request);
    const kind = request.method === 'GET' ? 'flag' : 'export';
    await block(`the ${kind}'s headers`);
    response.writeHead(200, { 'content-length': ANSWERS[kind].length });
    response.write(ANSWERS[kind].slice(0, 5));
    await block(`the ${kind}'s body`);
    response.end(ANSWERS[kind].slice(5));
  };
  const server = createServer({ cert, key, keepAliveTimeout: 60_000 }, (...args) => void answer(...args));
  server.once('connection', () => void block('the connection'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    child = fork(CHILD, [JSON.stringify({ port, ca })], { execArgv: ['--import', 'tsx'] });
    return await new Promise((resolve) => child?.once('message', resolve));
  } finally {
    await close(server);
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

describe('a blocked event loop fails no good request (R1)', () => {
  it.each<[number, readonly Stage[]]>([
    [
      3_000,
      [
        'the connection',
        "the flag's headers",
        "the flag's body",
        "the export's headers",
        "the export's body",
      ],
    ],
    [5_000, ['the connection', "the flag's headers", "the export's headers"]],
    [10_000, ['the connection', "the flag's headers"]],
  ])(
    'blocked for %i ms, at %s',
    async (blockMs, stages) => {
      const results = await Promise.all(stages.map((stage) => sendBlocked(stage, blockMs)));
      expect(results).toEqual(
        stages.map(() => ({ exported: 5, failedFlagRequests: 0, exportRequests: { '200': 1 } })),
      );
    },
    90_000,
  );
});
