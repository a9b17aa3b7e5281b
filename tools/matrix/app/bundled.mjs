// To be bundled with all that it imports.
import { DBSQLClient } from '@databricks/sql';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import * as sdkTrace from 'matrix-sdk-trace';
import * as ours from 'opentelemetry-databricks-sql';
import { makeProcessors } from './processors.cjs';
import queries from './queries.cjs';

const { spanProcessors, reportAtExit } = makeProcessors({ sdkTrace, OTLPTraceExporter, ours });
const TracerProvider = sdkTrace.BasicTracerProvider ?? sdkTrace.TracerProvider;
const provider = new TracerProvider({ spanProcessors });
trace.setGlobalTracerProvider(provider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
reportAtExit(() => provider.shutdown());

queries(DBSQLClient, ours.instrument);
