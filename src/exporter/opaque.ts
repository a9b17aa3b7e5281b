import { INSIDE } from '../exporterMark.js';
import type { RecordExporter } from './contract.js';

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
