import assert from 'node:assert/strict';
import type { LocalDatabricks } from '../../test/support/local-databricks/index.js';
import type { OtlpReceiver } from '../../test/support/otlp-receiver.js';
import type { Running } from './running.js';

/** What came of a run: what the program printed, what the backend and Databricks got. */
export interface Arrivals {
  readonly stdout: string;
  readonly receiver: OtlpReceiver;
  readonly db: LocalDatabricks;
}

export interface Example {
  readonly name: string;
  /** Arguments of Node.js, in the example's folder. */
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What listens at `OTEL_EXPORTER_OTLP_ENDPOINT`. Default `http`. */
  readonly backend?: 'http' | 'grpc' | 'zerobus';
  /** Uses a program that would run on, and has it end. */
  use?(running: Running): Promise<void>;
  /** @throws AssertionError if something did not arrive, or where it should not */
  check(arrivals: Arrivals): void;
}

const REGISTER = 'opentelemetry-databricks-sql/register';
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];
const SPANS = ['connect', 'openSession', 'SELECT', 'closeSession'];

export const EXAMPLES: readonly Example[] = [
  { name: 'node-sdk-esm', args: ['--import', './telemetry.mjs', 'app.mjs'], check: checkBothSides },
  { name: 'node-sdk-cjs', args: ['--require', './telemetry.cjs', 'app.cjs'], check: checkBothSides },
  {
    name: 'zero-code',
    args: ['--import', REGISTER, 'app.mjs'],
    environment: { OTEL_SERVICE_NAME: 'example' },
    check: checkBothSides,
  },
  {
    name: 'standalone',
    args: ['app.mjs'],
    check({ stdout, db }) {
      assert.match(stdout, /3 records sent to Databricks/);
      assert.deepEqual(operationsOf(db), OPERATIONS);
    },
  },
  {
    name: 'local-only',
    args: ['--import', './telemetry.mjs', 'app.mjs'],
    check({ receiver, db }) {
      assert.deepEqual(spanWords(receiver), SPANS);
      assert.equal(db.telemetry.requestCount + db.flags.requestCount, 0, 'requests about telemetry');
    },
  },
  {
    name: 'custom-tags',
    args: ['--import', './telemetry.mjs', 'app.mjs'],
    check({ stdout, receiver, db }) {
      assert.match(stdout, /shop\.order_id to Databricks: false/);
      const statements = receiver.spans.filter(({ name }) => name.startsWith('SELECT'));
      assert.deepEqual(
        statements.map(({ attributes }) => [attributes['shop.order_id'], 'db.query.text' in attributes]),
        [
          ['order-4711', true],
          [undefined, false],
          [undefined, true],
        ],
      );
      assert.equal(operationsOf(db).filter((type) => type === 'EXECUTE_STATEMENT').length, 2);
      assert.doesNotMatch(bodiesOf(db), /order-4711|secrets|salaries|http_path|workspace_id/);
      assert.ok(receiver.spans.every(({ attributes }) => !('server.address' in attributes)));
    },
  },
  {
    name: 'serverless',
    args: ['invoke.mjs'],
    check({ stdout, receiver, db }) {
      assert.equal(stdout.match(/statusCode: 200/g)?.length, 2);
      assert.deepEqual(operationsOf(db), [...OPERATIONS, ...OPERATIONS]);
      assert.equal(receiver.spans.length, SPANS.length * 2 - 1);
    },
  },
  {
    name: 'express-two-tenants',
    args: ['server.mjs'],
    environment: {
      PORT: '0',
      NORTH_TOKEN: 'token-of-north',
      NORTH_HTTP_PATH: '/sql/1.0/warehouses/aaaa?o=1111',
      SOUTH_TOKEN: 'token-of-south',
      SOUTH_HTTP_PATH: '/sql/1.0/warehouses/bbbb?o=2222',
    },
    async use(running) {
      const port = (await running.printed(/listening on port (\d+)/))[1];
      for (const tenant of ['north', 'south']) {
        const response = await fetch(`http://127.0.0.1:${port}/${tenant}/customers`);
        assert.deepEqual(await response.json(), { tenant, customers: 10 });
      }
      running.end();
    },
    check({ db }) {
      const requests = db.telemetry.requests.map(({ headers, body }) => ({
        token: headers['authorization'],
        workspaces: [...new Set(body.toString().match(/workspace_id[^0-9]+\d+/g))].map((text) =>
          text.slice(-4),
        ),
      }));
      assert.deepEqual(
        requests.sort((a, b) => String(a.token).localeCompare(String(b.token))),
        [
          { token: 'Bearer token-of-north', workspaces: ['1111'] },
          { token: 'Bearer token-of-south', workspaces: ['2222'] },
        ],
      );
      assert.equal(operationsOf(db).length, 2 * OPERATIONS.length);
    },
  },
  {
    name: 'databricks-app',
    args: ['--import', './telemetry.mjs', 'server.mjs'],
    backend: 'grpc',
    // As Databricks Apps set them, and app.yaml.
    environment: {
      DATABRICKS_APP_PORT: '0',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'workspace.id=6012345678901234,app.name=shop',
      OTEL_METRICS_EXPORTER: 'otlp',
    },
    async use(running) {
      const port = (await running.printed(/listening on port (\d+)/))[1];
      const response = await fetch(`http://127.0.0.1:${port}/`);
      assert.equal(await response.text(), '10 customers\n');
      running.end();
    },
    check({ receiver, db }) {
      assert.deepEqual(spanWords(receiver), SPANS);
      const { resource } = receiver.spans[0] ?? {};
      assert.equal(resource?.['service.name'], 'shop');
      assert.equal(resource?.['app.name'], 'shop');
      assert.equal(resource?.['workspace.id'], '6012345678901234');
      for (const metric of ['databricks.client.statement.time', 'db.client.operation.duration']) {
        assert.ok(receiver.metrics.has(metric), `no ${metric}`);
      }
      assert.deepEqual(operationsOf(db), OPERATIONS);
    },
  },
  {
    name: 'unity-catalog',
    args: ['--import', './telemetry.mjs', 'app.mjs'],
    backend: 'zerobus',
    environment: {
      DATABRICKS_WORKSPACE_ID: '6012345678901234',
      DATABRICKS_CLIENT_ID: 'app',
      DATABRICKS_CLIENT_SECRET: 'secret of the app',
      OTEL_SPANS_TABLE: 'main.telemetry.otel_spans',
      OTEL_SERVICE_NAME: 'example',
    },
    check({ receiver }) {
      // It passes on only what has the token for this table.
      assert.deepEqual(spanWords(receiver), SPANS);
    },
  },
  {
    name: 'zero-code',
    args: ['--import', REGISTER, 'app.mjs'],
    backend: 'grpc',
    // A task of a Databricks job, in an app's way: docs/recipes/jobs.md.
    environment: {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_SERVICE_NAME: 'nightly',
      OTEL_RESOURCE_ATTRIBUTES: 'databricks.job.id=11,databricks.job.run_id=22',
    },
    check(arrivals) {
      checkBothSides(arrivals);
      const { resource } = arrivals.receiver.spans[0] ?? {};
      assert.equal(resource?.['databricks.job.run_id'], '22');
    },
  },
  {
    name: 'other-driver',
    args: ['--import', 'tsx', 'main.ts'],
    check({ stdout, db }) {
      assert.match(stdout, /EXECUTE_STATEMENT/);
      assert.equal(db.telemetry.requestCount, 0);
    },
  },
];

function checkBothSides({ stdout, receiver, db }: Arrivals): void {
  assert.match(stdout, /10 rows/);
  assert.deepEqual(spanWords(receiver), SPANS);
  assert.deepEqual(operationsOf(db), OPERATIONS);
}

function spanWords(receiver: OtlpReceiver): readonly (string | undefined)[] {
  return receiver.spans.map(({ name }) => name.split(' ')[0]);
}

export function operationsOf(db: LocalDatabricks): readonly (string | undefined)[] {
  return db.telemetry
    .logs()
    .map(({ entry }) => entry?.sql_driver_log?.sql_operation?.operation_detail?.operation_type);
}

function bodiesOf(db: LocalDatabricks): string {
  return db.telemetry.requests.map(({ body }) => body.toString()).join('\n');
}
