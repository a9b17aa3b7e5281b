const { NodeSDK } = require('@opentelemetry/sdk-node');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const ours = require('opentelemetry-databricks-sql');
const startSdk = require('./startSdk.cjs');

const sdkTrace =
  process.env.MATRIX_SDK === '2'
    ? require('@opentelemetry/sdk-trace-base')
    : require('@opentelemetry/sdk-trace');

startSdk({ NodeSDK, sdkTrace, OTLPTraceExporter, ours });
