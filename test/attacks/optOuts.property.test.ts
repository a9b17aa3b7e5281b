/**
 * Proves: for any mix of opt-outs on connection, processor and environment, with anything but `true` counting
 * as a no, no socket is opened and no name is looked up.
 */
import dns from 'node:dns';
import { Socket } from 'node:net';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionHandle } from '../../src/connectionHandle.js';
import { setConnection } from '../../src/context.js';
import { readConnectOptions } from '../../src/instrumentation/connectOptions.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';

const CASES = 20_000;
const NOES = [false, 'false', 'true', 'no', 0, 1, null, '', {}, [], Number.NaN];
const YESES = [undefined, true];
const anything = fc.constantFrom(...NOES, ...YESES, ...YESES, ...YESES);

const VARIABLES = [
  'DATABRICKS_TELEMETRY_DISABLED',
  'DATABRICKS_OTEL_ENABLE_TELEMETRY',
  'OTEL_SDK_DISABLED',
] as const;
const environments = fc.constantFrom<Partial<Record<(typeof VARIABLES)[number], string>>>(
  {},
  {},
  { DATABRICKS_TELEMETRY_DISABLED: 'TRUE ' },
  { DATABRICKS_TELEMETRY_DISABLED: '1' },
  { DATABRICKS_OTEL_ENABLE_TELEMETRY: 'false' },
  { DATABRICKS_OTEL_ENABLE_TELEMETRY: 'Off' },
  { DATABRICKS_OTEL_ENABLE_TELEMETRY: 'true' },
  { OTEL_SDK_DISABLED: 'true' },
);
const cases = fc
  .record({
    connection: fc.record({ enableTelemetry: anything, telemetryEnabled: anything }, { requiredKeys: [] }),
    kept: fc.constantFrom(undefined, true, true, false, null, 'no'),
    processor: fc.constantFrom({}, {}, { enableTelemetry: true }, { enableTelemetry: false }),
    environment: environments,
  })
  .filter(({ connection, kept, processor, environment }) => {
    const { enableTelemetry, telemetryEnabled = kept } = connection;
    const saysNo = (value: unknown) => value !== undefined && value !== true;
    return (
      saysNo(enableTelemetry) ||
      saysNo(telemetryEnabled) ||
      processor.enableTelemetry === false ||
      Object.values(environment).some((value) => value !== 'true') ||
      environment.OTEL_SDK_DISABLED === 'true'
    );
  });

describe('where anybody has said no', () => {
  const lookUp = vi.fn();
  const connect = vi.fn();

  beforeEach(() => {
    lookUp.mockClear();
    connect.mockClear();
    vi.spyOn(dns, 'lookup').mockImplementation(lookUp as never);
    vi.spyOn(Socket.prototype, 'connect').mockImplementation(connect as never);
  });
  afterEach(() => {
    for (const name of VARIABLES) {
      delete process.env[name];
    }
    vi.restoreAllMocks();
  });

  it(`nothing is looked up and nothing is sent (${CASES} cases)`, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ connection, kept, processor, environment }) => {
        for (const name of VARIABLES) {
          delete process.env[name];
        }
        Object.assign(process.env, environment);
        await useConnection(connection, kept, processor)();
        expect([lookUp.mock.calls, connect.mock.calls]).toEqual([[], []]);
      }),
      { numRuns: CASES },
    );
  }, 300_000);

  it('and where nobody has, something is', async () => {
    const end = useConnection({}, true, {});
    await vi.waitFor(() => expect(connect).toHaveBeenCalled(), 30_000);
    await end();
  });
});

/**
 * A connection and an operation of it, from the connect options to the end of a span.
 *
 * @returns ends it: close, flush and shutdown
 */
function useConnection(options: object, kept: unknown, processorOptions: object): () => Promise<void> {
  const { telemetry, hasStaticToken } = readConnectOptions(
    { host: 'dbc-1.cloud.databricks.test', ...options },
    undefined,
    { telemetryEnabled: kept },
  );
  const handle = new ConnectionHandle({
    driverVersion: '2.1.0',
    driverProduct: 'NodejsDatabricksSqlConnector/2.1.0',
    telemetry,
    hasStaticToken,
  });
  const processor = new DatabricksSpanProcessor({ ...processorOptions, shutdownTimeoutMs: 1 });
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer(INSTRUMENTATION_SCOPE);
  const attributes = { 'databricks.operation.type': 'EXECUTE_STATEMENT' };
  const span = tracer.startSpan('SELECT', { attributes }, setConnection(ROOT_CONTEXT, handle));
  handle.onRequest(
    {
      host: 'dbc-1.cloud.databricks.test',
      port: 443,
      orgId: undefined,
      route: { https: true, rejectUnauthorized: true },
    },
    { Authorization: 'Bearer secret' },
  );
  span.end();
  return async () => {
    handle.close();
    await processor.forceFlush();
    await processor.shutdown();
  };
}
