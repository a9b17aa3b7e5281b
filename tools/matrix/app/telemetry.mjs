import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import * as ours from 'opentelemetry-databricks-sql';
import startSdk from './startSdk.cjs';

const sdkTrace = await import(
  process.env.MATRIX_SDK === '2' ? '@opentelemetry/sdk-trace-base' : '@opentelemetry/sdk-trace'
);

startSdk({ NodeSDK, sdkTrace, OTLPTraceExporter, ours });
