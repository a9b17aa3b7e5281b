/**
 * Where an exporter of this package keeps what nobody else is to see. Registered by name: the ES module and the
 * CommonJS build of this package know each other's exporters, for which `instanceof` would say no.
 */
export const INSIDE: unique symbol = Symbol.for('opentelemetry-databricks-sql/record-exporter/v1');

/** A `DatabricksExporter` or a `DryRunExporter`. */
export interface TelemetryExporter {
  readonly [Symbol.toStringTag]: 'DatabricksExporter' | 'DryRunExporter';
}

export function isOwnExporter(value: unknown): value is TelemetryExporter {
  try {
    return typeof value === 'object' && value !== null && INSIDE in value;
  } catch {
    // A proxy whose traps throw.
    return false;
  }
}
