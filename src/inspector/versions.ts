import { VERSION } from '../version.js';
import type { Fact } from './model.js';
import type { BundledFacts } from './supportBundle.js';

/** What is known of versions without asking anybody. Those of the driver are in the records of sessions. */
export function versionFacts(): readonly Fact[] {
  return [
    { name: 'opentelemetry-databricks-sql', value: VERSION },
    { name: 'Node.js', value: process.version },
    { name: 'Operating system', value: `${process.platform} ${process.arch}` },
    { name: 'OpenTelemetry API', value: apiVersions() },
  ];
}

export function bundledVersions(): BundledFacts {
  return {
    package: VERSION,
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    opentelemetryApi: apiVersions(),
  };
}

/** Every copy of the API registers itself in one global object, by the major version, with its own version. */
function apiVersions(): string {
  const registered = (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')];
  const { version } = (registered ?? {}) as { readonly version?: unknown };
  return typeof version === 'string' && /^[\w.+-]{1,32}$/.test(version) ? version : 'unknown';
}
