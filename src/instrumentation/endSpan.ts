import { diag, type Span } from '@opentelemetry/api';

/**
 * Ends a span, unless a hook of the user's has ended it already. A span processor that throws, throws out of
 * the span's end: it must not keep what comes after from being told.
 *
 * @param endedAt monotonic milliseconds; default: now
 */
export function endSpan(span: Span | undefined, endedAt?: number): void {
  try {
    if (span?.isRecording() === true) {
      span.end(endedAt);
    }
  } catch (error) {
    diag.debug('opentelemetry-databricks-sql: a span processor failed', error);
  }
}
