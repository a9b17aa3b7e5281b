import type { Span } from '@opentelemetry/api';
import type { Guard } from '../guard.js';

/**
 * Ends a span, unless a hook of the user's has ended it already. A span processor that throws, throws out of
 * the span's end: that is counted, and nothing else is skipped for it.
 *
 * @param endedAt monotonic milliseconds; default: now
 */
export function endSpan(span: Span | undefined, userCode: Guard, endedAt?: number): void {
  try {
    if (span?.isRecording() === true) {
      span.end(endedAt);
    }
  } catch {
    userCode.note('spanProcessor');
  }
}
