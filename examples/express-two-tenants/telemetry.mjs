import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  exportLocal,
} from 'opentelemetry-databricks-sql';

const sdk = new NodeSDK({
  serviceName: 'example',
  instrumentations: [new DatabricksSqlInstrumentation()],
  spanProcessors: [
    exportLocal(new BatchSpanProcessor(new OTLPTraceExporter())),
    new DatabricksSpanProcessor(), // one for all tenants
  ],
});
sdk.start();

export function shutdownTelemetry() {
  return sdk.shutdown();
}
