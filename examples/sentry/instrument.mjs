import * as Sentry from '@sentry/node';

Sentry.init({
  dsn: process.env.SENTRY_DSN,
  tracesSampleRate: 1,
  // Version 11 registers a tracer provider only when it is asked to. With it the spans of the driver go to Sentry.
  enableOpenTelemetrySetup: true,
  integrations: [
    // Version 11 would make spans of the requests that send the records, too.
    Sentry.nativeNodeFetchIntegration({
      ignoreOutgoingRequests: (url) =>
        /\/telemetry-(ext|unauth)$|\/connector-service\/feature-flags\//.test(url),
    }),
  ],
});
