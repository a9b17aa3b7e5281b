import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalDatabricks, startLocalDatabricks } from '../support/local-databricks/index.js';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.js';
import { databaseVariable, otlpVariables } from './support/environment.js';
import { type Installation, install } from './support/installation.js';

const REGISTER = 'opentelemetry-databricks-sql/register';
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];

let installation: Installation;
let db: LocalDatabricks;
let receiver: OtlpReceiver;

beforeAll(async () => {
  [installation, db, receiver] = await Promise.all([install(), startLocalDatabricks(), startOtlpReceiver()]);
});

afterEach(() => {
  db.reset();
  receiver.clear();
});

afterAll(async () => {
  await Promise.all([installation?.remove(), db?.close(), receiver?.close()]);
});

function run(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  return installation.run(args, { ...databaseVariable(db), ...otlpVariables(receiver), ...more });
}

const sentOperations = () =>
  db.telemetry.logs().map(({ sql_operation }) => sql_operation?.operation_detail?.operation_type);

describe('register, without a line of code', () => {
  it.each([
    ['a CommonJS application by --require', ['--require', REGISTER, 'app.cjs']],
    ['a CommonJS application by --import', ['--import', REGISTER, 'app.cjs']],
    ['an ESM application by --import', ['--import', REGISTER, 'app.mjs']],
    ['an ESM application by --require', ['--require', REGISTER, 'app.mjs']],
    [
      'an ESM application beside the loader hook of another instrumentation',
      ['--import', './otherInstrumentation.mjs', '--import', REGISTER, 'app.mjs'],
    ],
  ])('%s: spans to the backend, records to Databricks, and the process ends by itself', async (_name, args) => {
    const outcome = await run(args);
    expect(outcome).toEqual({ code: 0, stdout: '10 rows\n', stderr: '' });
    expect(receiver.spans.map(({ name }) => name)).toEqual([
      `connect ${db.host}:${db.port}`,
      `openSession ${db.host}:${db.port}`,
      'SELECT rows',
      `closeSession ${db.host}:${db.port}`,
    ]);
    expect(sentOperations()).toEqual(OPERATIONS);
  });
});
