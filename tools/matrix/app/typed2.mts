import { DBSQLClient } from '@databricks/sql';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import * as sdkTrace from '@opentelemetry/sdk-trace-base';
import {
  DatabricksSpanProcessor,
  type DatabricksSpanProcessorOptions,
  DatabricksSqlInstrumentation,
  type DatabricksTelemetry,
  type DatabricksTelemetryConnectOptions,
  DryRunExporter,
  exportLocal,
  instrument,
  type ProcessorStats,
  recordDriverSpans,
  shouldExportToDatabricks,
  startDatabricksTelemetry,
  withoutDatabricksTelemetry,
} from 'opentelemetry-databricks-sql';

const options: DatabricksSpanProcessorOptions = {
  withhold: ['databricks.http.path'],
  batchSize: 10,
  tokenProvider: async () => 'token',
};

const sdk = new NodeSDK({
  instrumentations: [
    new DatabricksSqlInstrumentation({
      queryText: 'off',
      requestHook: (span, { operation }) => span.setAttribute('app.operation', operation),
    }),
  ],
  sampler: recordDriverSpans(new sdkTrace.ParentBasedSampler({ root: new sdkTrace.AlwaysOnSampler() })),
  spanProcessors: [
    exportLocal(new sdkTrace.BatchSpanProcessor(new OTLPTraceExporter()), { detail: 'operations' }),
    new DatabricksSpanProcessor({ ...options, exporter: new DryRunExporter({ stream: process.stderr }) }),
  ],
});
sdk.start();

const connectOptions: DatabricksTelemetryConnectOptions = { enableTelemetry: false };
const client: DBSQLClient = instrument(new DBSQLClient());
await client.connect({ host: 'example', path: '/sql', token: 'token', ...connectOptions });

const telemetry: DatabricksTelemetry = startDatabricksTelemetry({
  sdk: sdkTrace,
  spanProcessors: [exportLocal(new sdkTrace.SimpleSpanProcessor(new sdkTrace.InMemorySpanExporter()))],
});
const stats: ProcessorStats = telemetry.stats();
export const answers: readonly [number, boolean, string] = [
  stats.openStatements,
  shouldExportToDatabricks('databricks.session.id'),
  withoutDatabricksTelemetry(() => 'result'),
];
