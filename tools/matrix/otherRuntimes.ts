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
  /** Has `register` run before the program. */
  readonly register: readonly string[];
}

const REGISTER_FILE = './node_modules/opentelemetry-databricks-sql/dist/register.js';

/** As docs/attach.md says. */
export const OTHER_RUNTIMES: readonly OtherRuntime[] = [
  {
    name: 'deno',
    package: 'deno@2',
    args: ['run', '--allow-all', '--quiet'],
    register: ['--preload', REGISTER_FILE],
  },
  {
    name: 'bun',
    package: 'bun@1',
    args: [],
    register: ['--preload', 'opentelemetry-databricks-sql/register'],
  },
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
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];

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
  const ways = {
    'instrument(client)': { args: ['otherRuntime.mjs'], environment: { AUTOMATIC: '' } },
    DatabricksSqlInstrumentation: { args: ['otherRuntime.mjs'], environment: { AUTOMATIC: 'yes' } },
    'register, ESM': { args: [...runtime.register, 'app.mjs'], environment: {} },
    'register, CommonJS': { args: [...runtime.register, 'app.cjs'], environment: {} },
  };
  for (const [way, { args, environment }] of Object.entries(ways)) {
    db.reset();
    receiver.clear();
    const program = join(folder, 'node_modules/.bin', runtime.name);
    const outcome = await run(program, [...runtime.args, ...args], folder, {
      MATRIX_SDK: '3',
      NODE_EXTRA_CA_CERTS: caFile,
      MATRIX_DATABASE: JSON.stringify({ connect: db.connectOptions(), statements: STATEMENTS }),
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.tracesUrl,
      ...environment,
    });
    expectSuccess(`${runtime.name}, ${way}`, outcome);
    const names = receiver.spans.map(({ name }) => name.split(' ')[0]);
    assert.deepEqual(names, SPANS, `${way}: spans at the OTLP receiver`);
    const operations = db.telemetry
      .logs()
      .map(({ entry }) => entry?.sql_driver_log?.sql_operation?.operation_detail?.operation_type);
    assert.deepEqual(operations, OPERATIONS, `${way}: records at Databricks`);
  }
}
