import type { RecordExporter } from './contract.js';

// Registered by name: the ES module and the CommonJS build of this package know each other's exporters.
const INSIDE: unique symbol = Symbol.for('opentelemetry-databricks-sql/record-exporter/v1');

/** Puts a record exporter inside an object that shows nothing of it. */
export function putInside(shell: object, exporter: RecordExporter): void {
  Object.defineProperty(shell, INSIDE, { value: exporter });
}

/** @returns `undefined` for anything but an exporter of this package */
export function recordExporterIn(shell: unknown): RecordExporter | undefined {
  return typeof shell === 'object' && shell !== null
    ? (shell as { readonly [INSIDE]?: RecordExporter })[INSIDE]
    : undefined;
}
