import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  exportLocal,
} from 'opentelemetry-databricks-sql';

const spanProcessors = [
  exportLocal(new BatchSpanProcessor(new OTLPTraceExporter())),
  new DatabricksSpanProcessor({ shutdownTimeoutMs: 1_000 }),
];

new NodeSDK({
  serviceName: 'example',
  instrumentations: [new DatabricksSqlInstrumentation()],
  spanProcessors,
}).start();

/** Sends what is queued. It never rejects, and waits for Databricks no longer than `shutdownTimeoutMs`. */
export async function flushTelemetry() {
  await Promise.allSettled(spanProcessors.map((processor) => processor.forceFlush()));
}
