import { trace } from '@opentelemetry/api';
import { pino } from 'pino';

/** Every line bears the ids of the span that is active where it is written. */
export const log = pino({
  mixin() {
    const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {};
    return traceId === undefined ? {} : { trace_id: traceId, span_id: spanId };
  },
});
