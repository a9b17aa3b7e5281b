// Says whether anything is registered with the OpenTelemetry API, whose global place has this name.
const globals = globalThis[Symbol.for('opentelemetry.js.api.1')];

process.stdout.write(`${Object.keys(globals ?? {}).join(' ') || 'nothing global'}\n`);
