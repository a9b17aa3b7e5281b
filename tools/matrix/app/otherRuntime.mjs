// For runtimes that are not Node.js. With `AUTOMATIC` no client is given to anybody.
import { DBSQLClient } from '@databricks/sql';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import * as sdkTrace from '@opentelemetry/sdk-trace';
import * as ours from 'opentelemetry-databricks-sql';
import processors from './processors.cjs';
import queries from './queries.cjs';

const { spanProcessors, reportAtExit } = processors.makeProcessors({ sdkTrace, OTLPTraceExporter, ours });
const provider = new sdkTrace.TracerProvider({ spanProcessors });
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
reportAtExit(() => provider.shutdown());
if (process.env.AUTOMATIC) {
  new ours.DatabricksSqlInstrumentation();
}

await queries(DBSQLClient, process.env.AUTOMATIC ? undefined : ours.instrument);
