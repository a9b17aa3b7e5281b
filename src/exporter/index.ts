export type * from './contract.js';
export { DatabricksExporter } from './databricksExporter.js';
export { DryRunExporter, type DryRunExporterOptions } from './dryRunExporter.js';
export { PassiveCredentials } from './passiveCredentials.js';
export { ProvidedCredentials } from './providedCredentials.js';
