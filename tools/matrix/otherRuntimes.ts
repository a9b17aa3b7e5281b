import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LocalDatabricks, sql } from '../../test/support/local-databricks/index.js';
import type { OtlpReceiver } from '../../test/support/otlp-receiver.js';
import { installPackages, type Place } from './installation.js';
import { expectSuccess, run } from './processes.js';

/** A runtime that is not Node.js, from the registry. */
export interface OtherRuntime {
  readonly name: string;
  readonly package: string;
  readonly args: readonly string[];
  /** What of it works, as docs/attach.md says. A change for the better fails as well, so that it gets written down. */
  readonly sendsRecords: boolean;
}

export const OTHER_RUNTIMES: readonly OtherRuntime[] = [
  { name: 'deno', package: 'deno@2', args: ['run', '--allow-all', '--quiet'], sendsRecords: true },
  // It brings an undici of its own, which takes no connections of ours.
  { name: 'bun', package: 'bun@1', args: [], sendsRecords: false },
];

const PACKAGES = [
  '@databricks/sql@2',
  '@opentelemetry/api@<1.10',
  '@opentelemetry/sdk-trace@2',
  '@opentelemetry/context-async-hooks@2',
  '@opentelemetry/exporter-trace-otlp-http@<0.300',
];
/** Without CloudFetch: the driver's own downloads fail on Bun. */
const STATEMENTS = [sql({}), sql({ polls: 1, directResults: false })];
const SPANS = ['connect', 'openSession', 'SELECT', 'SELECT', 'closeSession'];

interface Surroundings extends Place {
  readonly db: LocalDatabricks;
  readonly receiver: OtlpReceiver;
}

export async function checkOtherRuntime(runtime: OtherRuntime, surroundings: Surroundings): Promise<void> {
  const { db, receiver } = surroundings;
  const folder = join(surroundings.folder, runtime.name);
  await installPackages({ ...surroundings, folder }, [...PACKAGES, runtime.package]);
  // Bun's fetch does not take the certificates that the driver's connection is given.
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, db.ca);
  for (const automatic of ['', 'yes']) {
    db.reset();
    receiver.clear();
    const program = join(folder, 'node_modules/.bin', runtime.name);
    const outcome = await run(program, [...runtime.args, 'otherRuntime.mjs'], folder, {
      MATRIX_SDK: '3',
      AUTOMATIC: automatic,
      NODE_EXTRA_CA_CERTS: caFile,
      MATRIX_DATABASE: JSON.stringify({ connect: db.connectOptions(), statements: STATEMENTS }),
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.tracesUrl,
    });
    expectSuccess(runtime.name, outcome);
    assert.deepEqual(
      receiver.spans.map(({ name }) => name.split(' ')[0]),
      SPANS,
    );
    assert.equal(db.telemetry.logs().length, runtime.sendsRecords ? SPANS.length - 1 : 0, 'records');
  }
}
