/**
 * The two paths of an export. The first is what every shipping driver posts to, the second what Databricks' plan
 * for this driver names.
 */
export type ExportPaths = readonly [preferred: string, other: string];

export const AUTHENTICATED_PATHS: ExportPaths = ['/telemetry-ext', '/api/2.0/sql/telemetry-ext'];
export const UNAUTHENTICATED_PATHS: ExportPaths = ['/telemetry-unauth', '/api/2.0/sql/telemetry-unauth'];

/** Whether an HTTP status says that the request was fulfilled. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Whether an HTTP status says that the credentials were refused. */
export function isAboutCredentials(status: number): boolean {
  return status === 401 || status === 403;
}
