import { createRequire } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { DatabricksSqlInstrumentation } from '../../src/instrumentation/databricksSqlInstrumentation.js';
import type { DatabricksSqlInstrumentationConfig } from '../../src/instrumentation/instrumentationConfig.js';
import { type ExportLocalOptions, exportLocal } from '../../src/processor/exportLocal.js';
import { type LocalDatabricks, startLocalDatabricks } from '../support/local-databricks/index.js';

type Driver = typeof import('@databricks/sql');

export interface LocalSetUp {
  readonly db: LocalDatabricks;
  readonly instrumentation: DatabricksSqlInstrumentation;
  readonly driver: Driver;
  /** Spans as the user's backend got them, in the order of their ends. */
  spans(): readonly ReadableSpan[];
  metrics(): Promise<ResourceMetrics | undefined>;
  connect(): Promise<InstanceType<Driver['DBSQLClient']>>;
  close(): Promise<void>;
}

/** An application with an OpenTelemetry set-up of its own, and nothing that sends to Databricks. */
export async function setUpLocal(
  config: DatabricksSqlInstrumentationConfig = {},
  options: ExportLocalOptions = {},
  ...more: SpanProcessor[]
): Promise<LocalSetUp> {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    spanProcessors: [exportLocal(new SimpleSpanProcessor(exporter), options), ...more],
  });
  provider.register();
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meterProvider = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 }),
    ],
  });
  const instrumentation = new DatabricksSqlInstrumentation({ recordReturnedRows: true, ...config });
  instrumentation.setTracerProvider(provider);
  instrumentation.setMeterProvider(meterProvider);
  const driver = createRequire(import.meta.url)('@databricks/sql') as Driver;
  const db = await startLocalDatabricks();
  const quiet = { log: () => undefined };
  return {
    db,
    instrumentation,
    driver,
    spans: () => exporter.getFinishedSpans(),
    metrics: async () => {
      await meterProvider.forceFlush();
      return metricExporter.getMetrics().at(-1);
    },
    connect: async () => {
      const client = new driver.DBSQLClient({ logger: quiet as never });
      await client.connect(db.connectOptions({ checkServerCertificate: false }));
      return client;
    },
    close: async () => {
      instrumentation.disable();
      await provider.shutdown();
      await meterProvider.shutdown();
      trace.disable();
      context.disable();
      await db.close();
    },
  };
}
