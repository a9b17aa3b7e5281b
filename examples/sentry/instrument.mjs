import * as Sentry from '@sentry/node';

Sentry.init({
  dsn: process.env.SENTRY_DSN,
  tracesSampleRate: 1,
  // Version 11 registers a tracer provider only when it is asked to. With it the spans of the driver go to Sentry.
  enableOpenTelemetrySetup: true,
});
