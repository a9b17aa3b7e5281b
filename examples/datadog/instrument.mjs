import tracer from 'dd-trace';

tracer.init();
// Datadog would make spans of the requests that send the records, too.
const own = /\/telemetry-(ext|unauth)$|\/connector-service\/feature-flags\//;
tracer.use('undici', { blocklist: [own] });
// The OpenTelemetry bridge: with it the spans of the driver go to Datadog.
new tracer.TracerProvider().register();
