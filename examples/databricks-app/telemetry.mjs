import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  exportLocal,
} from 'opentelemetry-databricks-sql';

// Endpoint, protocol, service name and resource attributes come from the app's environment.
const sdk = new NodeSDK({
  instrumentations: [new DatabricksSqlInstrumentation()],
  spanProcessors: [
    exportLocal(new BatchSpanProcessor(new OTLPTraceExporter())),
    new DatabricksSpanProcessor(),
  ],
});
sdk.start();

export function shutdownTelemetry() {
  return sdk.shutdown();
}
