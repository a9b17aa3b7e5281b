/** `npx tsx examples/other-driver/main.ts`: prints what would be sent to Databricks for a driver of your own. */
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { DatabricksSpanProcessor, DryRunExporter } from 'opentelemetry-databricks-sql';
import { SCOPE, TinyDriver } from './tinyDriver.js';

const processor = new DatabricksSpanProcessor({
  instrumentationScopes: [SCOPE],
  exporter: new DryRunExporter(),
});
const provider = new NodeTracerProvider({ spanProcessors: [processor] });
provider.register();

const driver = new TinyDriver('dbc-1.cloud.databricks.com', 'a token', {
  execute: async () => ({ statementId: '01ef1234-5678-4abc-9def-0123456789ab', files: ['a', 'b'] }),
  download: async (file) => file.length,
});
await driver.connect();
await driver.query('SELECT * FROM somewhere');
driver.close();

await provider.forceFlush();
await provider.shutdown();
