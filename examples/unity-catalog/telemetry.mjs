import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { DatabricksSqlInstrumentation, exportLocal } from 'opentelemetry-databricks-sql';
import { tokenFor } from './token.mjs';

/** Catalog, schema and name. */
const table = process.env.OTEL_SPANS_TABLE ?? 'main.telemetry.otel_spans';
const token = tokenFor(table);

// Called before each export: a token lasts for an hour. The endpoint comes from OTEL_EXPORTER_OTLP_ENDPOINT.
const headers = async () => ({
  authorization: `Bearer ${await token()}`,
  'x-databricks-zerobus-table-name': table,
});

const sdk = new NodeSDK({
  instrumentations: [new DatabricksSqlInstrumentation()],
  spanProcessors: [exportLocal(new BatchSpanProcessor(new OTLPTraceExporter({ headers })))],
});
sdk.start();

process.once('beforeExit', () => sdk.shutdown());
