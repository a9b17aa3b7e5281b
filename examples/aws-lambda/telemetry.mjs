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

/**
 * Wraps a handler: whatever is queued is sent before the answer goes out, as the platform may freeze the process
 * right after it. That never rejects, and for Databricks it takes `shutdownTimeoutMs` at most.
 */
export function withTelemetry(handler) {
  return async (event, context) => {
    try {
      return await handler(event, context);
    } finally {
      await Promise.allSettled(spanProcessors.map((processor) => processor.forceFlush()));
    }
  };
}
