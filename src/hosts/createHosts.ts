import type { ResolvedProcessorOptions } from '../config.js';
import type { RecordExporter } from '../exporter/contract.js';
import { DatabricksExporter } from '../exporter/databricksExporter.js';
import { HostRegistry } from './hostRegistry.js';

export type { RecordExporter } from '../exporter/contract.js';

/**
 * The hosts of one processor.
 *
 * @param exporter default: one that sends, made from the same options
 */
export function createHosts(options: ResolvedProcessorOptions, exporter?: RecordExporter): HostRegistry {
  return new HostRegistry(options.hosts, exporter ?? new DatabricksExporter(options.exporter));
}
