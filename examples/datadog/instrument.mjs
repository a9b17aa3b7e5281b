import tracer from 'dd-trace';

tracer.init();
// The OpenTelemetry bridge: with it the spans of the driver go to Datadog.
new tracer.TracerProvider().register();
