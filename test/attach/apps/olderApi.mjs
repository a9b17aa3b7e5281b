// An agent whose copy of the OpenTelemetry API is older than that of this package, which so does not see it.
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const trace = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())] });
const manager = new AsyncLocalStorageContextManager().enable();
globalThis[Symbol.for('opentelemetry.js.api.1')] = { version: '1.4.0', trace, context: manager };
if (context.active() !== manager.active()) {
  throw new Error('the API sees it after all');
}
