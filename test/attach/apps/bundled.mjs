// To be bundled with all that it imports: no module hook can find the driver in it.
import { DBSQLClient } from '@databricks/sql';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { DatabricksSpanProcessor, exportLocal, instrument } from 'opentelemetry-databricks-sql';
import queries from './queries.cjs';

const provider = new NodeTracerProvider({
  spanProcessors: [
    exportLocal(new BatchSpanProcessor(new OTLPTraceExporter()), { detail: 'operations' }),
    new DatabricksSpanProcessor(),
  ],
});
provider.register();

queries(DBSQLClient, instrument)
  .then(() => queries(DBSQLClient, instrument))
  .then(() => provider.shutdown());
