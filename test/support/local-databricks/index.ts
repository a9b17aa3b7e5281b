/**
 * A Databricks workspace on loopback: the real, unmodified driver connects to it, over Thrift or (the kernel
 * backend) REST. A scenario in the SQL text says how the server treats a statement; `truth` says what it did.
 */
export * from './certificates.js';
export { TOKEN, WAREHOUSE_PATH, WORKSPACE_ID } from './connect-options.js';
export { startConnectProxy } from './connect-proxy.js';
export { FLAG_NAME } from './flag-endpoint.js';
export { expectedRows } from './rows.js';
export * from './scenario.js';
export { startLocalDatabricks, startLocalKernelRest } from './server.js';
export { STAGED_FILE } from './staging.js';
export type * from './telemetry-log.js';
export type * from './types.js';
