// An agent with an instrumentation of HTTPS, made after its exporter has loaded `https`.
import { createRequire } from 'node:module';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

class HttpsInstrumentation extends InstrumentationBase {
  constructor() {
    super('https-agent', '1.0.0', {});
  }

  init() {
    return new InstrumentationNodeModuleDefinition('https', ['*'], (https) => {
      const { request } = https;
      https.request = (...args) => {
        const span = trace.getTracer('https-agent').startSpan('POST', { kind: SpanKind.CLIENT });
        return context.with(trace.setSpan(context.active(), span), () =>
          request(...args).once('close', () => span.end()),
        );
      };
      return https;
    });
  }
}

const exporter = new OTLPTraceExporter();
// As many exporters and detectors of resources do.
createRequire(import.meta.url)('https');
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
new HttpsInstrumentation();
