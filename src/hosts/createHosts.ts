import type { ResolvedProcessorOptions } from '../config.js';
import { DatabricksExporter } from '../exporter/databricksExporter.js';
import type { DryRunExporter } from '../exporter/dryRunExporter.js';
import { recordExporterIn } from '../exporter/opaque.js';
import { HostRegistry, type RegistryServices } from './hostRegistry.js';

/**
 * The hosts of one processor.
 *
 * @param exporter default: a `DatabricksExporter` made from the same options
 * @throws TypeError for an exporter that is not this package's
 */
export function createHosts(
  options: ResolvedProcessorOptions,
  exporter: DatabricksExporter | DryRunExporter = new DatabricksExporter(options.exporter),
  services: Pick<RegistryServices, 'guard' | 'observation'> = {},
): HostRegistry {
  const inner = recordExporterIn(exporter);
  if (inner === undefined) {
    throw new TypeError("the exporter has to be a 'DatabricksExporter' or a 'DryRunExporter'");
  }
  if (services.observation !== undefined) {
    services.observation.authenticated = inner.authenticated !== false;
  }
  return new HostRegistry(options.hosts, { ...services, exporter: inner });
}
