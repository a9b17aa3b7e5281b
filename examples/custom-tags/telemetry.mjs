import { setTimeout } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  exportLocal,
  shouldExportToDatabricks,
} from 'opentelemetry-databricks-sql';
import { currentOrder } from './currentOrder.mjs';

// A tag that the table does not know is yours: it never leaves for Databricks.
console.log(`shop.order_id to Databricks: ${shouldExportToDatabricks('shop.order_id')}`);

const sdk = new NodeSDK({
  serviceName: 'example',
  instrumentations: [
    new DatabricksSqlInstrumentation({
      requestHook(span) {
        const orderId = currentOrder.getStore();
        if (orderId !== undefined) {
          span.setAttribute('shop.order_id', orderId);
        }
      },
    }),
  ],
  spanProcessors: [
    // Each side can get less than the table allows.
    exportLocal(new BatchSpanProcessor(new OTLPTraceExporter()), { withhold: ['server.address'] }),
    new DatabricksSpanProcessor({ withhold: ['databricks.http.path', 'databricks.workspace.id'] }),
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
