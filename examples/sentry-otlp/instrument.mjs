import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import * as Sentry from '@sentry/node';
import {
  DatabricksSpanProcessor,
  DatabricksSqlInstrumentation,
  exportLocal,
} from 'opentelemetry-databricks-sql';

const dsn = process.env.SENTRY_DSN;
// Sentry takes the spans of your own OpenTelemetry SDK.
const sentry = new OTLPTraceExporter(Sentry.getOtlpTracesEndpoint(dsn));

const sdk = new NodeSDK({
  instrumentations: [new DatabricksSqlInstrumentation()],
  spanProcessors: [exportLocal(new BatchSpanProcessor(sentry)), new DatabricksSpanProcessor()],
});
sdk.start();

// Errors and logs at Sentry are shown with the span that was active.
Sentry.init({ dsn, integrations: [Sentry.openTelemetryIntegration()] });

process.once('beforeExit', () => {
  sdk.shutdown().catch((error) => console.error(`telemetry was not exported: ${error.message}`));
});
