import { setTimeout } from 'node:timers/promises';
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
    exportLocal(new BatchSpanProcessor(new OTLPTraceExporter())), // your backend
    new DatabricksSpanProcessor(), // Databricks
  ],
});
sdk.start();

// At the end, send what is queued, within 2.5 s, whatever becomes of it.
async function stop(exitCode) {
  const late = setTimeout(2_500).then(() => Promise.reject(new Error('no answer within 2.5 s')));
  try {
    await Promise.race([sdk.shutdown(), late]);
  } catch (error) {
    console.error(`telemetry was not exported: ${error.message || error.code || error}`);
  }
  process.exit(exitCode);
}
process.once('beforeExit', stop);
process.once('SIGTERM', () => stop(143)); // the exit code of that signal
