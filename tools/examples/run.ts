/**
 * Copies the examples out of the repository, installs what they need and the packed package, runs them against a
 * Databricks workspace and an OTLP receiver on loopback, and checks what arrived where. `npm run examples` runs
 * those that are quick, `npm run examples -- --all` all, `npm run examples -- zero-code` the named ones, and prints
 * what they print.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalDatabricks, TOKEN, WAREHOUSE_PATH } from '../../test/support/local-databricks/index.js';
import { startOtlpReceiver } from '../../test/support/otlp-receiver.js';
import { pack } from '../pack.js';
import { EXAMPLES, type Example, operationsOf } from './examples.js';
import { type InstalledExample, installAlone, installTogether } from './installing.js';
import { startLocalIntake } from './localIntake.js';
import { startLocalZerobus } from './localZerobus.js';
import { start } from './running.js';

const all = process.argv.includes('--all');
const named = process.argv.slice(2).filter((word) => word !== '--all');
const unknown = named.filter((name) => !EXAMPLES.some((example) => example.name === name));
if (unknown.length > 0) {
  throw new Error(
    `no such example: ${unknown.join(', ')}; there are ${EXAMPLES.map(({ name }) => name).join(', ')}`,
  );
}
const folder = await mkdtemp(join(tmpdir(), 'examples-'));
const [db, receiver] = await Promise.all([startLocalDatabricks(), startOtlpReceiver()]);
const zerobus = await startLocalZerobus(receiver.tracesUrl);
const intake = await startLocalIntake();
const caFile = join(folder, 'ca.pem');
await writeFile(caFile, db.ca);
const failed: string[] = [];

const chosen = EXAMPLES.filter(({ name, isHeavy }) =>
  named.length === 0 ? all || isHeavy !== true : named.includes(name),
);
const tarball = pack(folder);
const together = await installTogether(
  folder,
  tarball,
  chosen.flatMap(({ name, isHeavy }) => (isHeavy === true ? [] : [name])),
);

for (const example of chosen) {
  const startedAt = performance.now();
  try {
    const installed = together.get(example.name) ?? (await installAlone(folder, tarball, example.name));
    const stdout = await run(example, installed);
    if (example.isAgent === true) {
      await run(example, { ...installed, args: inOtherOrder(installed.args) });
    }
    if (named.length > 0) {
      process.stdout.write(stdout);
    }
    const spans = receiver.spans.length;
    console.log(
      `ok    ${example.name}: ${spans} spans to the backend, ${operationsOf(db).length} records to Databricks, ${Math.round((performance.now() - startedAt) / 1_000)} s`,
    );
  } catch (error) {
    failed.push(example.name);
    console.log(`FAIL  ${example.name}\n${(error as Error).message}`);
  }
}

await Promise.all([
  db.close(),
  receiver.close(),
  zerobus.close(),
  intake.close(),
  rm(folder, { recursive: true, force: true }),
]);
process.exitCode = failed.length === 0 ? 0 : 1;

/** @returns what the example printed */
async function run(example: Example, installed: InstalledExample): Promise<string> {
  const buildOutput = await installed.build();
  db.reset();
  receiver.clear();
  intake.clear();
  const endpoints = {
    http: receiver.tracesUrl.replace('/v1/traces', ''),
    grpc: receiver.grpcUrl,
    zerobus: zerobus.url,
  };
  const running = start(installed.args, installed.folder, {
    DATABRICKS_HOST: db.host,
    DATABRICKS_PORT: String(db.port),
    DATABRICKS_HTTP_PATH: WAREHOUSE_PATH,
    DATABRICKS_TOKEN: TOKEN,
    // As a company would have its own authority trusted.
    NODE_EXTRA_CA_CERTS: caFile,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoints[example.backend ?? 'http'],
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    DATABRICKS_TOKEN_URL: `${zerobus.url}/oidc/v1/token`,
    SENTRY_DSN: `http://key@127.0.0.1:${intake.port}/1`,
    DD_TRACE_AGENT_URL: `http://127.0.0.1:${intake.port}`,
    ...example.environment,
  });
  await example.use?.(running);
  const { code, stdout, stderr } = await running.ended;
  if (code !== 0) {
    throw new Error(`exit code ${code}\n${stdout}${stderr}`);
  }
  example.check({ stdout, stderr, buildOutput, receiver, db, intake });
  return stdout;
}

/** What is imported first comes second: `--import a --import b app.mjs`. */
function inOtherOrder([first = '', a = '', second = '', b = '', ...rest]: readonly string[]): string[] {
  return [second, b, first, a, ...rest];
}
