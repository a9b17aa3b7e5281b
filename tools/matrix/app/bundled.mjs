// To be bundled with all that it imports.
import { DBSQLClient } from '@databricks/sql';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import * as sdkTrace from 'matrix-sdk-trace';
import * as ours from 'opentelemetry-databricks-sql';
import queries from './queries.cjs';
import startSdk from './startSdk.cjs';

startSdk({ NodeSDK, sdkTrace, OTLPTraceExporter, ours });
queries(DBSQLClient, ours.instrument);
