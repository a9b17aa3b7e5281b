import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { type LocalDatabricks, sql } from '../../test/support/local-databricks/index.js';
import type { OtlpReceiver } from '../../test/support/otlp-receiver.js';
import { checkSeparation } from './arrivals.js';
import type { Newcomer, PackageManager } from './newcomers.js';
import { expectSuccess, type Outcome, run } from './processes.js';
import { makeToolFolder } from './toolFolder.js';

/** Where newcomers work: all of them share the folder, one after the other the rest. */
export interface Workplace {
  readonly folder: string;
  readonly tarball: string;
  readonly db: LocalDatabricks;
  readonly receiver: OtlpReceiver;
}

const { PATH = '' } = process.env;
const APP = join(import.meta.dirname, 'app');
const ADD: Readonly<Record<PackageManager, string>> = {
  npm: 'npm install',
  pnpm: 'pnpm add',
  yarn: 'yarn add',
};
/** Yarn 1 asks for every optional package, and one of 2.1.0's is not in the registry for every platform. */
const DRIVERS: Readonly<Record<PackageManager, string>> = {
  npm: '@databricks/sql',
  pnpm: '@databricks/sql',
  yarn: '@databricks/sql@2.0.0',
};
const STATEMENTS = [sql({})];
const SPANS = ['connect', 'openSession', 'SELECT', 'closeSession'];
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];
/** Nothing listens there. */
const NO_COLLECTOR = 'http://127.0.0.1:9';

/** Does what the README says in an empty folder, runs the program and looks at what arrived where. */
export async function checkNewcomer(newcomer: Newcomer, workplace: Workplace): Promise<void> {
  const { setUp, node, packageManager } = newcomer;
  const folder = join(workplace.folder, `${setUp.name}-${node}-${packageManager}`.replaceAll(' ', '-'));
  const bin = await makeToolFolder(workplace.folder, node, packageManager);
  await makeProject(folder, workplace.tarball);
  const shell = (command: string, environment: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
    run('sh', ['-c', command], folder, {
      PATH: bin + delimiter + PATH,
      YARN_CACHE_FOLDER: join(workplace.folder, 'yarn-cache'),
      npm_config_store_dir: join(workplace.folder, 'pnpm-store'),
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      ...environment,
    });

  const add = ADD[packageManager];
  expectSuccess('the driver', await shell(`${add} ${DRIVERS[packageManager]}`));
  const install = setUp.install.replace(/^npm install/, add);
  const installed = await shell(install);
  expectSuccess(install, installed);
  assert.doesNotMatch(installed.stderr, /ERESOLVE/, install);
  for (const [file, code] of Object.entries(setUp.files)) {
    await writeFile(join(folder, file), code);
  }
  await checkRun(newcomer, workplace, shell);
}

async function makeProject(folder: string, tarball: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyFile(tarball, join(folder, basename(tarball)));
  const manifest = { name: 'application', version: '1.0.0', private: true, license: 'UNLICENSED' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await copyFile(join(APP, 'app.cjs'), join(folder, 'app.js'));
  await copyFile(join(APP, 'queries.cjs'), join(folder, 'queries.cjs'));
}

async function checkRun(
  { setUp }: Newcomer,
  { db, receiver }: Workplace,
  shell: (command: string, environment: NodeJS.ProcessEnv) => Promise<Outcome>,
): Promise<void> {
  const start = (endpoint: string): Promise<Outcome> => {
    db.reset();
    receiver.clear();
    const database = JSON.stringify({ connect: db.connectOptions(), statements: STATEMENTS });
    return shell(setUp.start, { MATRIX_DATABASE: database, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
  };
  const operations = (): readonly (string | undefined)[] =>
    db.telemetry
      .logs()
      .map(({ entry }) => entry?.sql_driver_log?.sql_operation?.operation_detail?.operation_type);

  assert.deepEqual(await start(receiver.tracesUrl.replace('/v1/traces', '')), {
    code: 0,
    stdout: '',
    stderr: '',
  });
  const names = receiver.spans.map(({ name }) => name.split(' ')[0]);
  assert.deepEqual(names, setUp.hasBackend ? SPANS : [], 'spans at the OTLP receiver');
  assert.deepEqual(operations(), OPERATIONS, 'records at Databricks');
  checkSeparation(db, receiver, STATEMENTS);

  const { code, stdout, stderr } = await start(NO_COLLECTOR);
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '' }, 'without a collector');
  if (setUp.hasBackend) {
    assert.match(stderr, /exported/);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  }
  assert.deepEqual(operations(), OPERATIONS, 'records at Databricks, without a collector');
}
