/**
 * For a driver of somebody's own that wants its telemetry sent: what its spans bear instead of the
 * instrumentation's. See docs/drivers-of-others.md.
 */
export {
  type ConnectionEndpoint,
  ConnectionHandle,
  type ConnectionHandleOptions,
  type ConnectionRoute,
  type ConnectionServer,
  type ConnectionTelemetryOptions,
  type CredentialHeaders,
  type DownloadFailure,
  type ProxyRoute,
} from './connectionHandle.js';
export { setConnection } from './context.js';
