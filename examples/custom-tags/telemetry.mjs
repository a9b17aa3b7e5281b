import { setTimeout } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  createTagTable,
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  exportLocal,
  shouldExportToDatabricks,
} from 'opentelemetry-databricks-sql';
import { currentOrder } from './currentOrder.mjs';

// The table with a tag of one's own. A tag that the table does not know never leaves for Databricks either:
// the entry says so where a reviewer looks.
const tags = createTagTable([
  { name: 'shop.order_id', scope: 'exportLocal', kind: 'text', description: 'The order that is worked on.' },
]);
console.log(`shop.order_id to Databricks: ${shouldExportToDatabricks('shop.order_id', tags)}`);

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
    exportLocal(new BatchSpanProcessor(new OTLPTraceExporter()), { tags }),
    new DatabricksSpanProcessor({ tags }),
  ],
});
sdk.start();

// At the end, send what is queued, within 2.5 s, whatever becomes of it.
async function stop() {
  const late = setTimeout(2_500).then(() => Promise.reject(new Error('no answer within 2.5 s')));
  try {
    await Promise.race([sdk.shutdown(), late]);
  } catch (error) {
    console.error(`telemetry was not exported: ${error.message || error.code || error}`);
  }
  process.exit();
}
process.once('beforeExit', stop);
process.once('SIGTERM', stop);
