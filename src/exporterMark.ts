/**
 * Whatever bears it is an exporter of this package, also where the application has loaded the package twice
 * (as ESM and as CommonJS), so that `instanceof` would say no.
 */
export const EXPORTER_MARK = Symbol.for('opentelemetry-databricks-sql/exporter/v1');

/** A `DatabricksExporter` or a `DryRunExporter`. */
export interface TelemetryExporter {
  /** @internal Whether it sends, or only shows. */
  readonly [EXPORTER_MARK]: 'sends' | 'dry run';
}

export function isOwnExporter(value: unknown): value is TelemetryExporter {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  try {
    const mark = (value as Partial<TelemetryExporter>)[EXPORTER_MARK];
    return mark === 'sends' || mark === 'dry run';
  } catch {
    return false;
  }
}
