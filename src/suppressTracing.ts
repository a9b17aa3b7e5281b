import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';

// The key of `@opentelemetry/core`, by name: every version of the SDK honours it, and `core` itself may be
// out of reach at run time.
const SUPPRESS_TRACING_KEY = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** A Context in which no tracer makes spans that are recorded and no propagator injects headers. */
export function suppressTracing(context: Context): Context {
  return context.setValue(SUPPRESS_TRACING_KEY, true);
}

/** Whether somebody has suppressed tracing in this Context. */
export function isTracingSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESS_TRACING_KEY) === true;
}

/** Runs `fn` with tracing suppressed, and outside of whatever Context the caller happens to be in. */
export function withoutTracing<Result>(fn: () => Result): Result {
  return context.with(suppressTracing(ROOT_CONTEXT), fn);
}
