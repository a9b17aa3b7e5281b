import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabricksSqlInstrumentation } from '../../src/index.js';
import { loadDriver } from '../support/drivers.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

const EMPTY_CLASS = 'exports.default = class {};';
const CLIENT = 'exports.default = class { async connect() {} async openSession() {} async close() {} };';

let folder: string;
let telemetry: Telemetry;

/** Puts a driver into the folder, of which nothing is real but the names. */
async function writeDriver(version: string, clientCode: string): Promise<void> {
  const driver = join(folder, 'node_modules/@databricks/sql');
  const files = {
    'package.json': JSON.stringify({ name: '@databricks/sql', version, main: 'dist/index.js' }),
    'dist/index.js':
      "exports.DBSQLClient = require('./DBSQLClient.js').default; require('./DBSQLSession.js');",
    'dist/version.js': `exports.default = '${version}';`,
    'dist/DBSQLClient.js': `require('./version.js'); ${clientCode}`,
    'dist/DBSQLSession.js': EMPTY_CLASS,
  };
  for (const [name, code] of Object.entries(files)) {
    await mkdir(dirname(join(driver, name)), { recursive: true });
    await writeFile(join(driver, name), code);
  }
}

const loadWrittenDriver = () => createRequire(join(folder, 'index.js'))('@databricks/sql');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driver-'));
  telemetry = startTelemetry();
  // The instrumentation of the test's own support would be in the way of another.
  telemetry.instrumentation.disable();
});

afterEach(async () => {
  await telemetry.stop();
  const { cache } = createRequire(import.meta.url);
  for (const path of Object.keys(cache).filter((each) => each.startsWith(folder))) {
    delete cache[path];
  }
  await rm(folder, { recursive: true, force: true });
});

describe('a driver that is loaded and cannot be observed is told of once', () => {
  it.each(['1.15.0', '3.0.0'])('version %s, loaded after the instrumentation', async (version) => {
    await writeDriver(version, CLIENT);
    const instrumentation = new DatabricksSqlInstrumentation();
    const { DBSQLClient } = loadWrittenDriver();
    const { connect } = DBSQLClient.prototype;
    instrumentation.disable();
    expect(DBSQLClient.prototype.connect).toBe(connect);
    expect(telemetry.warnings).toHaveLength(1);
    expect(telemetry.warnings[0]).toContain(`@databricks/sql ${version}`);
    expect(telemetry.warnings[0]).toContain('>=1.16.0 <3');
  });

  it('a version that is not supported, loaded before the instrumentation', async () => {
    await writeDriver('3.1.0', CLIENT);
    loadWrittenDriver();
    new DatabricksSqlInstrumentation().disable();
    expect(telemetry.warnings).toHaveLength(1);
    expect(telemetry.warnings[0]).toContain('@databricks/sql 3.1.0');
  });

  it('a supported version whose classes are not as they are known', async () => {
    await writeDriver('2.99.0', EMPTY_CLASS);
    const instrumentation = new DatabricksSqlInstrumentation();
    loadWrittenDriver();
    instrumentation.disable();
    expect(telemetry.warnings).toHaveLength(1);
    expect(telemetry.warnings[0]).toContain('not as it is known');
  });

  it('one that another instrumentation observes', () => {
    loadDriver();
    telemetry.instrumentation.enable();
    const second = new DatabricksSqlInstrumentation();
    second.disable();
    expect(telemetry.warnings).toHaveLength(1);
    expect(telemetry.warnings[0]).toContain('another instrumentation');
  });

  it('no warning for a driver that is observed, whether it was loaded before or after', () => {
    loadDriver();
    const instrumentation = new DatabricksSqlInstrumentation();
    loadDriver('1.17');
    instrumentation.disable();
    expect(telemetry.warnings).toEqual([]);
  });
});
