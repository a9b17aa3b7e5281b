import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { DatabricksSqlInstrumentation, exportLocal } from 'opentelemetry-databricks-sql';

const sdk = new NodeSDK({
  serviceName: 'example',
  instrumentations: [new DatabricksSqlInstrumentation()],
  // No DatabricksSpanProcessor: not one packet of telemetry goes to Databricks.
  spanProcessors: [exportLocal(new BatchSpanProcessor(new OTLPTraceExporter()))],
});
sdk.start();

process.once('beforeExit', () => sdk.shutdown());
