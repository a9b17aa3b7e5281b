/**
 * A program that runs statements by the real driver, with the processor as it is by default. Its argument is an
 * `Assignment`, as JSON. It ends when no record waits any more, and reports what its statistics are then.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { DatabricksSpanProcessor, DatabricksSqlInstrumentation } from '../../src/index.js';
import { connectClient, loadDriver } from '../support/drivers.js';
import type { ConnectOptions } from '../support/local-databricks/index.js';
import { blockAt } from './block.js';
import type { Block } from './cases.js';

export interface Assignment {
  readonly connect: ConnectOptions;
  readonly statements: number;
  readonly concurrency: number;
  readonly block?: Block;
}

export interface ApplicationReport {
  readonly blockedMs: number;
  readonly exported: number;
  /** Records that were dropped, by reason, where there are any. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** For records to get through, the outage included. */
const TIME_LIMIT_MS = 240_000;

const assignment = JSON.parse(process.argv[2] ?? '') as Assignment;
const blockedMs = assignment.block === undefined ? () => 0 : blockAt(assignment.block);
const processor = new DatabricksSpanProcessor();
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();
new DatabricksSqlInstrumentation().setTracerProvider(provider);

const client = await connectClient(loadDriver(), assignment.connect);
const session = await client.openSession();
let left = assignment.statements;
await Promise.all(
  Array.from({ length: assignment.concurrency }, async () => {
    while (left > 0) {
      left--;
      const operation = await session.executeStatement('SELECT 1');
      await operation.fetchAll();
      await operation.close();
    }
  }),
);
const giveUpAt = performance.now() + TIME_LIMIT_MS;
while (waiting() > 0 && performance.now() < giveUpAt) {
  await sleep(200);
}
await session.close();
await client.close();
await provider.shutdown();
const { exported, dropped } = processor.stats();
const report: ApplicationReport = {
  blockedMs: blockedMs(),
  exported,
  dropped: Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0)),
};
process.send?.(report, () => process.disconnect());

function waiting(): number {
  const { queued, inFlight } = processor.stats();
  return queued + inFlight;
}
