import { AsyncLocalStorage } from 'node:async_hooks';
import dns, { type LookupAddress } from 'node:dns';
import { type Attributes, context, SpanKind, trace } from '@opentelemetry/api';
import { BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Query } from '../benches/query.js';
import { loadPackage } from '../harness/subject.js';
import { type Driver, loadDriver } from './driverClasses.js';
import { NoOpSpanExporter } from './exporters.js';

const SQL = 'SELECT 1';
const TOKEN = 'dapi-local-test-token';
const PATH = '/sql/1.0/warehouses/0123456789abcdef?o=6012345678901234';
/** A name that the driver's own telemetry takes for a workspace. */
const WORKSPACE_NAME = 'dbc-1.cloud.databricks.test';

/** As many as our statement's span has: what is known at its start, and the rest at its end. */
const FLOOR_START: Attributes = {
  'db.system.name': 'databricks',
  'server.address': '127.0.0.1',
  'server.port': 8443,
  'databricks.workspace.id': '6012345678901234',
  'databricks.session.id': '11111111-1111-4111-8111-111111111111',
  'databricks.operation.type': 'EXECUTE_STATEMENT',
  'databricks.statement.type': 'QUERY',
  'db.query.summary': 'SELECT',
  'db.query.text': 'SELECT ?',
};
const FLOOR_END: Attributes = {
  'databricks.statement.id': '22222222-2222-4222-8222-222222222222',
  'databricks.operation.latency_ms': 2,
  'databricks.time.queued_ms': 0,
  'databricks.time.running_ms': 2,
  'databricks.time.fetching_ms': 0,
  'databricks.time.downloading_ms': 0,
  'databricks.time.retrying_ms': 0,
  'databricks.time.driver_ms': 1,
  'databricks.time.application_ms': 0,
  'databricks.poll.count': 0,
  'databricks.poll.latency_ms': 0,
  'databricks.retry.count': 0,
  'databricks.result.format': 'INLINE_ARROW',
  'databricks.result.compressed': false,
  'databricks.result.ready_latency_ms': 1,
  'databricks.result.consumption_latency_ms': 1,
  'databricks.result.bytes_downloaded': 368,
};

/** The driver set up as the variant says, connected. @returns `undefined` where that can't be had here */
export async function openWorkspace(
  variant: string,
  server: Record<string, string>,
): Promise<Query | undefined> {
  const byName = variant.startsWith('driver telemetry');
  if (byName && server['hasHttpsPort'] !== 'true') {
    return undefined;
  }
  const driver = await setUp(variant);
  if (byName) {
    resolveWorkspaceName();
  }
  const client = new driver.DBSQLClient({ logger: { log: () => undefined } });
  await client.connect({
    host: byName ? WORKSPACE_NAME : (server['host'] ?? ''),
    port: byName ? 443 : Number(server['port']),
    path: PATH,
    token: TOKEN,
    ...(variant === 'driver telemetry off' ? { telemetryEnabled: false } : {}),
  });
  const session = await client.openSession();
  const query = async () => {
    const operation = await session.executeStatement(SQL);
    await operation.fetchAll();
    await operation.close();
  };
  return variant === 'floor' ? underSpan(query) : query;
}

async function setUp(variant: string): Promise<Driver> {
  if (variant === 'context') {
    new AsyncLocalStorage().enterWith({});
  }
  if (variant === 'floor') {
    register([batch()]);
  }
  if (!['SDK', 'all', 'opted out', 'disabled'].includes(variant)) {
    return loadDriver();
  }
  const { DatabricksSqlInstrumentation, DatabricksSpanProcessor, exportLocal } = await loadPackage();
  const instrumentation = new DatabricksSqlInstrumentation();
  const driver = loadDriver();
  if (variant === 'disabled') {
    instrumentation.disable();
    return driver;
  }
  const processors = [exportLocal(batch() as never) as unknown as SpanProcessor];
  if (variant !== 'SDK') {
    const options = variant === 'all' ? { forceEnableTelemetry: true } : { enableTelemetry: false };
    processors.push(new DatabricksSpanProcessor(options) as unknown as SpanProcessor);
  }
  instrumentation.setTracerProvider(register(processors));
  return driver;
}

function batch(): SpanProcessor {
  return new BatchSpanProcessor(new NoOpSpanExporter());
}

function register(spanProcessors: SpanProcessor[]): NodeTracerProvider {
  const provider = new NodeTracerProvider({ spanProcessors });
  provider.register();
  return provider;
}

function underSpan(query: Query): Query {
  const tracer = trace.getTracer('floor');
  return async () => {
    const span = tracer.startSpan('SELECT', { kind: SpanKind.CLIENT, attributes: FLOOR_START });
    await context.with(trace.setSpan(context.active(), span), query);
    span.setAttributes(FLOOR_END).end();
  };
}

/** The workspace's name leads to loopback, whoever looks it up. */
function resolveWorkspaceName(): void {
  const { lookup } = dns;
  const toLoopback = (name: string, ...rest: unknown[]): void => {
    const callback = rest.at(-1) as (error: null, address: string | LookupAddress[], family?: number) => void;
    if (name !== WORKSPACE_NAME) {
      (lookup as (...args: unknown[]) => void)(name, ...rest);
    } else if ((rest[0] as { all?: boolean } | undefined)?.all === true) {
      process.nextTick(callback, null, [{ address: '127.0.0.1', family: 4 }]);
    } else {
      process.nextTick(callback, null, '127.0.0.1', 4);
    }
  };
  dns.lookup = toLoopback as typeof lookup;
}
