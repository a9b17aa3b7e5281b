import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { DatabricksSpanProcessor, exportLocal } from 'opentelemetry-databricks-sql';

const sdk = new NodeSDK({
  serviceName: 'example',
  spanProcessors: [
    exportLocal(new BatchSpanProcessor(new OTLPTraceExporter())), // your backend
    new DatabricksSpanProcessor(), // Databricks
  ],
});
sdk.start();

/** Sends what is queued. */
export async function stop() {
  await sdk.shutdown().catch((error) => console.error('telemetry was not exported:', error.message));
}
