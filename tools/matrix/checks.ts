import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { LocalDatabricks } from '../../test/support/local-databricks/index.js';
import { sql } from '../../test/support/local-databricks/index.js';
import type { OtlpReceiver } from '../../test/support/otlp-receiver.js';
import type { Combination } from './combinations.js';
import { installApplication, installWithoutSdk, type Place } from './installation.js';
import { expectSuccess, type Outcome, run } from './processes.js';

export interface Surroundings extends Place {
  readonly db: LocalDatabricks;
  readonly receiver: OtlpReceiver;
}

const REGISTER = 'opentelemetry-databricks-sql/register';
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];
const STATEMENTS = [
  sql({}),
  sql({ format: 'cloudfetch', pages: 2, filesPerPage: 2, polls: 1, directResults: false }),
];
const FILES = 4;
/** One span per operation, and per statement the request, the wait and the downloads. */
const LOCAL_SPANS = ['connect', 'openSession', 'SELECT', 'SELECT', 'closeSession'];
const INNER_SPANS = 2 + 1 + FILES;
/** Native packages of the driver's, which no bundler takes along. */
const NATIVE = ['lz4-napi', '@databricks/databricks-sql-kernel-*', '*.node'];

/** What the applications that have set up an SDK tell at their end. */
interface Report {
  readonly names: readonly string[];
  readonly read: number;
  readonly problems: readonly string[];
}

export async function checkCombination(
  { sdk, node, install }: Combination,
  surroundings: Surroundings,
): Promise<void> {
  const folder = join(surroundings.folder, `sdk${sdk}-node${node}-${install.replaceAll(' ', '-')}`);
  const place = { ...surroundings, folder };
  await installApplication(place, sdk, install);
  await bundle(folder, sdk);
  await checkOwnSdk(place, sdk, ['--require', './telemetry.cjs', 'app.cjs']);
  await checkOwnSdk(place, sdk, ['--import', './telemetry.mjs', 'app.mjs']);
  await checkOwnSdk(place, sdk, ['--no-deprecation', 'bundle.cjs']);
  await checkRegister(place, ['--require', REGISTER, 'app.cjs']);
  await checkRegister(place, ['--import', REGISTER, 'app.mjs']);
  await checkRegister(place, ['--import', './loaderHook.mjs', '--import', REGISTER, 'app.mjs']);
  await checkTypes(place, sdk);
}

/** Says what to install, and lets the application run. Who does what it says, step by step, arrives. */
export async function checkMissingSdk(surroundings: Surroundings): Promise<void> {
  const place = { ...surroundings, folder: join(surroundings.folder, 'no-sdk') };
  await installWithoutSdk(place);
  const levels = { 'error by OTEL_LOG_LEVEL': { OTEL_LOG_LEVEL: 'error' }, 'nobody has set a logger': {} };
  for (const [what, environment] of Object.entries(levels)) {
    const outcome = await runApplication(place, ['--import', REGISTER, 'app.mjs'], environment);
    expectSuccess(`an application without an SDK, ${what}`, outcome);
    assert.match(outcome.stderr, /npm install @opentelemetry\/sdk-trace/);
  }
  const { code, stdout, stderr } = await runApplication(place, ['--require', REGISTER, 'app.cjs']);
  assert.deepEqual(
    { code, stdout, lines: stderr.trimEnd().split('\n').length },
    { code: 0, stdout: '', lines: 1 },
  );
  assert.equal(surroundings.db.telemetry.requestCount, 0);
  await followAdvice(place, stderr);
  const withoutExporter = await runApplication(place, ['--require', REGISTER, 'app.cjs']);
  assert.match(withoutExporter.stderr, /spans go to no backend of yours/);
  await followAdvice(place, withoutExporter.stderr);
  await checkRegister(place, ['--require', REGISTER, 'app.cjs']);
}

/** Runs the last command that a message names: it is the one for every Node.js. */
async function followAdvice({ folder }: Place, message: string): Promise<void> {
  const command = message.match(/npm install (?:"[^"]+"|[@/\w.-]+)(?: (?:"[^"]+"|@[@/\w.-]+))*/g)?.at(-1);
  assert.ok(command, `no command in: ${message}`);
  expectSuccess(command, await run('sh', ['-c', command], folder));
}

async function checkOwnSdk(place: Surroundings, sdk: number, args: readonly string[]): Promise<void> {
  const outcome = await runApplication(place, args, { MATRIX_SDK: String(sdk) });
  expectSuccess(args.join(' '), outcome);
  assert.equal(outcome.stderr, '', args.join(' '));
  const { names, read, problems } = JSON.parse(outcome.stdout) as Report;
  assert.deepEqual(problems, []);
  assert.deepEqual(names.map(firstWord), LOCAL_SPANS, 'spans behind exportLocal(SimpleSpanProcessor)');
  assert.equal(
    read,
    LOCAL_SPANS.length + INNER_SPANS,
    'spans behind exportLocal(a processor that reads all)',
  );
  checkArrivals(place, args);
}

async function checkRegister(place: Surroundings, args: readonly string[]): Promise<void> {
  const outcome = await runApplication(place, args);
  assert.deepEqual(outcome, { code: 0, stdout: '', stderr: '' }, args.join(' '));
  checkArrivals(place, args);
}

/** What came to the user's backend and to Databricks. */
function checkArrivals({ db, receiver }: Surroundings, args: readonly string[]): void {
  const names = receiver.spans.map(({ name }) => firstWord(name));
  assert.deepEqual(names, LOCAL_SPANS, `${args.join(' ')}: spans at the OTLP receiver`);
  const operations = db.telemetry
    .logs()
    .map(({ entry }) => entry?.sql_driver_log?.sql_operation?.operation_detail?.operation_type);
  assert.deepEqual(operations, OPERATIONS, `${args.join(' ')}: records at Databricks`);
}

/** A strict TypeScript application that checks the declarations of its libraries as well. */
async function checkTypes({ folder, node }: Place, sdk: number): Promise<void> {
  const configuration = {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: [`typed${sdk}.mts`],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
  expectSuccess('tsc', await run(node, ['node_modules/typescript/bin/tsc', '--project', '.'], folder));
}

async function bundle(folder: string, sdk: number): Promise<void> {
  await build({
    absWorkingDir: folder,
    entryPoints: ['bundled.mjs'],
    outfile: join(folder, 'bundle.cjs'),
    alias: { 'matrix-sdk-trace': sdk === 2 ? '@opentelemetry/sdk-trace-base' : '@opentelemetry/sdk-trace' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: NATIVE,
    logLevel: 'error',
  });
}

function runApplication(
  { folder, node, db, receiver }: Surroundings,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  db.reset();
  receiver.clear();
  return run(node, args, folder, {
    MATRIX_DATABASE: JSON.stringify({ connect: db.connectOptions(), statements: STATEMENTS }),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.tracesUrl,
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    ...environment,
  });
}

function firstWord(text: string): string | undefined {
  return text.split(' ')[0];
}
