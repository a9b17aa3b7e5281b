import assert from 'node:assert/strict';
import { TAG_TABLE } from '../../src/tags/index.js';
import type { LocalDatabricks } from '../../test/support/local-databricks/index.js';
import type { OtlpReceiver } from '../../test/support/otlp-receiver.js';
import type { LocalIntake } from './localIntake.js';
import type { Running } from './running.js';

/** What came of a run: what the program printed, what the backend and Databricks got. */
export interface Arrivals {
  readonly stdout: string;
  readonly stderr: string;
  /** What `npm run build` printed, where there is that. */
  readonly buildOutput: string;
  readonly receiver: OtlpReceiver;
  readonly db: LocalDatabricks;
  readonly intake: LocalIntake;
}

export interface Example {
  readonly name: string;
  /** It takes its time, or needs versions of packages that the others can't stand: it has an installation of its own. */
  readonly isHeavy?: boolean;
  /** Another agent and `register`: the two are run in either order. */
  readonly isAgent?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** What listens at `OTEL_EXPORTER_OTLP_ENDPOINT`. Default `http`. */
  readonly backend?: 'http' | 'grpc' | 'zerobus';
  /** Uses a program that would run on, and has it end. */
  use?(running: Running): Promise<void>;
  /** @throws AssertionError if something did not arrive, or where it should not */
  check(arrivals: Arrivals): void;
}

/** Of the Databricks-only tags, those that no agent puts on spans of its own. */
const FOR_DATABRICKS = /^databricks\./;
const OPERATIONS = ['CREATE_SESSION', 'EXECUTE_STATEMENT', 'DELETE_SESSION'];
/** Of this package: no user wants spans of these. */
const OWN_REQUESTS = /telemetry-ext|feature-flags/;
const SPANS = ['connect', 'openSession', 'SELECT', 'closeSession'];

export const EXAMPLES: readonly Example[] = [
  { name: 'node-sdk-esm', check: checkBothSides },
  { name: 'node-sdk-cjs', check: checkBothSides },
  {
    name: 'zero-code',
    environment: { OTEL_SERVICE_NAME: 'example' },
    check: checkBothSides,
  },
  {
    name: 'standalone',
    check({ stdout, db }) {
      assert.match(stdout, /3 records sent to Databricks/);
      assert.deepEqual(operationsOf(db), OPERATIONS);
    },
  },
  {
    name: 'local-only',
    check({ receiver, db }) {
      assert.deepEqual(spanWords(receiver), SPANS);
      assert.equal(db.telemetry.requestCount + db.flags.requestCount, 0, 'requests about telemetry');
    },
  },
  {
    name: 'custom-tags',
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
    name: 'worker-threads',
    environment: { OTEL_SERVICE_NAME: 'example' },
    check: (arrivals) => checkProcesses(arrivals, 3),
  },
  {
    name: 'cluster',
    environment: { OTEL_SERVICE_NAME: 'example' },
    check: (arrivals) => checkProcesses(arrivals, 2),
  },
  {
    name: 'pino',
    check({ stdout, receiver, db }) {
      assert.deepEqual(operationsOf(db), OPERATIONS);
      const lines = stdout.trimEnd().split('\n');
      const logged = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
      const statement = receiver.spans.find(({ name }) => name.startsWith('SELECT'));
      const ids = {
        trace_id: statement?.traceId,
        statement_id: statement?.attributes['databricks.statement.id'],
      };
      assert.ok(ids.statement_id);
      const ofApplication = logged.find(({ msg }) => msg === 'customers listed');
      assert.deepEqual(idsOf(ofApplication), { ...ids, span_id: statement?.parentSpanId });
      const ofStatement = logged.find(({ operation }) => operation === 'executeStatement');
      assert.deepEqual(idsOf(ofStatement), { ...ids, span_id: statement?.spanId });
    },
  },
  { name: 'esbuild', check: checkBundle },
  { name: 'webpack', check: checkBundle },
  {
    name: 'aws-lambda',
    check({ stdout, receiver, db }) {
      assert.equal(stdout.match(/statusCode: 200/g)?.length, 2);
      assert.deepEqual(operationsOf(db), [...OPERATIONS, ...OPERATIONS]);
      assert.equal(receiver.spans.length, SPANS.length * 2 - 1);
    },
  },
  {
    name: 'express-two-tenants',
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
  ...['auto-instrumentations', 'elastic'].map((name) => ({
    name,
    isHeavy: true,
    isAgent: true,
    // The detectors of clouds would ask addresses that are nobody's here.
    environment: { OTEL_SERVICE_NAME: 'example', OTEL_NODE_RESOURCE_DETECTORS: 'env' },
    check(arrivals: Arrivals) {
      const own = arrivals.receiver.spans.filter(({ scope }) => scope === 'opentelemetry-databricks-sql');
      checkBesideAgent(arrivals, JSON.stringify(own));
      assert.doesNotMatch(JSON.stringify(arrivals.receiver.spans), OWN_REQUESTS);
      assert.deepEqual(
        own.map(({ name }) => name.split(' ')[0]),
        SPANS,
      );
      const parents = arrivals.receiver.spans
        .filter(({ scope }) => scope === '@opentelemetry/instrumentation-http')
        .map(({ parentSpanId }) => own.find(({ spanId }) => spanId === parentSpanId)?.name.split(' ')[0]);
      // The one without a parent of ours closes the operation: nobody waits for it.
      assert.deepEqual(parents.filter((parent) => parent !== undefined).sort(), [
        'SELECT',
        'closeSession',
        'openSession',
      ]);
    },
  })),
  ...['sentry', 'sentry-10'].map((name) => ({
    name,
    isHeavy: true,
    isAgent: true,
    check(arrivals: Arrivals) {
      const sent = arrivals.intake.text();
      checkBesideAgent(arrivals, sent);
      assert.doesNotMatch(sent, OWN_REQUESTS, 'requests of this package as spans');
    },
  })),
  {
    name: 'sentry-otlp',
    isHeavy: true,
    check: (arrivals) => checkBesideAgent(arrivals, arrivals.intake.text()),
  },
  {
    name: 'datadog',
    isHeavy: true,
    isAgent: true,
    environment: {
      DD_TRACE_STARTUP_LOGS: 'false',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    },
    check(arrivals) {
      const sent = arrivals.intake.text();
      checkBesideAgent(arrivals, sent);
      assert.doesNotMatch(sent, OWN_REQUESTS, 'requests of this package as spans');
    },
  },
  {
    name: 'nextjs',
    isHeavy: true,
    environment: { PORT: '0', NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    async use(running) {
      const port = (await running.printed(/http:\/\/localhost:(\d+)/))[1];
      const response = await fetch(`http://127.0.0.1:${port}/customers`);
      assert.deepEqual(await response.json(), { customers: 10 });
      running.end();
    },
    check({ stderr, receiver, db }) {
      assert.doesNotMatch(stderr, /telemetry/);
      // Next.js makes spans of its own: the driver's are below them.
      const own = receiver.spans.filter(({ scope }) => scope === 'opentelemetry-databricks-sql');
      assert.deepEqual(
        own.map(({ name }) => name.split(' ')[0]),
        SPANS,
      );
      assert.ok(own.every(({ parentSpanId }) => parentSpanId !== undefined));
      assert.deepEqual(operationsOf(db), OPERATIONS);
    },
  },
  {
    name: 'other-driver',
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

/**
 * The agent's backend has the driver's spans without anything that is for Databricks alone, and Databricks has one
 * record per operation.
 *
 * @param sent what the agent sent to its backend
 */
function checkBesideAgent({ stdout, stderr, db }: Arrivals, sent: string): void {
  assert.match(stdout, /10 rows/);
  assert.doesNotMatch(stderr + stdout, /duplicate registration|^opentelemetry-databricks-sql /im);
  for (const span of ['connect', 'openSession', 'SELECT customers', 'closeSession']) {
    assert.ok(sent.includes(span), `no span '${span}' at the agent's backend`);
  }
  const misplaced = TAG_TABLE.rows.filter(
    ({ name, scope }) => scope === 'exportDatabricks' && FOR_DATABRICKS.test(name) && sent.includes(name),
  );
  assert.deepEqual(
    misplaced.map(({ name }) => name),
    [],
    "Databricks-only tags at the agent's backend",
  );
  assert.deepEqual(operationsOf(db), OPERATIONS);
}

/** Each thread or process is observed as one alone would be. */
function checkProcesses({ stdout, stderr, receiver, db }: Arrivals, count: number): void {
  assert.equal(stdout.match(/10 rows/g)?.length, count);
  assert.equal(stderr, '');
  const times = <Item>(items: readonly Item[]): Item[] => items.flatMap((item) => Array(count).fill(item));
  assert.deepEqual([...spanWords(receiver)].sort(), times(SPANS).sort());
  assert.deepEqual([...operationsOf(db)].sort(), times(OPERATIONS).sort());
}

function idsOf(line: Readonly<Record<string, unknown>> | undefined): object {
  return { trace_id: line?.['trace_id'], span_id: line?.['span_id'], statement_id: line?.['statement_id'] };
}

/** The bundler has nothing to say about this package, nor this package about the bundle. */
function checkBundle(arrivals: Arrivals): void {
  checkBothSides(arrivals);
  assert.doesNotMatch(arrivals.stderr, /telemetry/);
  assert.doesNotMatch(arrivals.buildOutput, /warning/i);
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
