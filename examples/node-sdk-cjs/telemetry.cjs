const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');
const {
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  exportLocal,
} = require('opentelemetry-databricks-sql');

const sdk = new NodeSDK({
  serviceName: 'example',
  instrumentations: [new DatabricksSqlInstrumentation()],
  spanProcessors: [
    exportLocal(new BatchSpanProcessor(new OTLPTraceExporter())), // your backend
    new DatabricksSpanProcessor(), // Databricks
  ],
});
sdk.start();

process.once('beforeExit', () => sdk.shutdown());
