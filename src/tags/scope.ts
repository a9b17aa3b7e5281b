/**
 * Where a tag may go.
 *
 * - `exportLocal`: only to the user's own backend,
 * - `exportDatabricks`: only to Databricks' telemetry endpoint,
 * - `exportAll`: to both.
 */
export const ExportScope = {
  exportLocal: 'exportLocal',
  exportDatabricks: 'exportDatabricks',
  exportAll: 'exportAll',
} as const;

export type ExportScope = (typeof ExportScope)[keyof typeof ExportScope];
