import * as Sentry from '@sentry/node';

// Version 10 registers a tracer provider, and with it the spans of the driver go to Sentry.
Sentry.init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 1 });
