import { createRequire } from 'node:module';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type DriverVersion, driverFolder } from './drivers.js';

/** The driver's own telemetry, as far as a test can see it on loopback, where it never sends. */
export interface DriverTelemetry {
  /** The hosts for which it has begun, in that order: it asks for the feature flag first of all. */
  readonly begun: readonly string[];
  stop(): void;
}

interface TelemetryClientProvider {
  readonly default: { readonly prototype: { getOrCreateClient(context: object, host: string): object } };
}

/** Watches where the driver's own telemetry begins. The driver behaves as ever. */
export function watchDriverTelemetry(version: DriverVersion = '2.1'): DriverTelemetry {
  const fromDriver = createRequire(join(driverFolder(version), 'package.json'));
  const provider = fromDriver(
    '@databricks/sql/dist/telemetry/TelemetryClientProvider',
  ) as TelemetryClientProvider;
  const spy = vi.spyOn(provider.default.prototype, 'getOrCreateClient');
  return {
    get begun() {
      return spy.mock.calls.map(([, host]) => host);
    },
    stop: () => spy.mockRestore(),
  };
}
