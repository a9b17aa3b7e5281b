import type { TelemetryProcessor } from './processorMark.js';

/** What `register` has started, for code that finds the driver where module hooks can't. */
export interface Registration {
  /** The driver is there: what waits for that begins. @returns the processor that gets operations directly */
  onDriver(): TelemetryProcessor | undefined;
  /** Never rejects. */
  shutdown(): Promise<void>;
}

/** A process may load this package more than once: as an ES module, as CommonJS, and in a bundle. */
const REGISTERED = Symbol.for('opentelemetry-databricks-sql/registered/v1');
const globals = globalThis as { [REGISTERED]?: { readonly registration: Registration | undefined } };

/** Registers once per process. A later call gets what is there. */
export function registerOnce(start: () => Registration | undefined): Registration | undefined {
  globals[REGISTERED] ??= { registration: start() };
  return globals[REGISTERED].registration;
}

/** The driver was found in bundled code. @returns the processor that gets its operations directly, if there is one */
export function announceDriver(): TelemetryProcessor | undefined {
  return globals[REGISTERED]?.registration?.onDriver();
}
