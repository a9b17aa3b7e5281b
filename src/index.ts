export type {
  AccessToken,
  CircuitBreakerOptions,
  DatabricksExporterOptions,
  DatabricksSpanProcessorOptions,
  HostOptions,
  TokenProvider,
} from './config.js';
export {
  type ConnectionEndpoint,
  ConnectionHandle,
  type ConnectionHandleOptions,
  type ConnectionListener,
  type ConnectionRoute,
  type ConnectionServer,
  type ConnectionTelemetryOptions,
  type CredentialHeaders,
  type DownloadFailure,
  type ProxyRoute,
} from './connectionHandle.js';
export { setConnection } from './context.js';
export type { BreakerSnapshot, BreakerState } from './exporter/contract.js';
export { DatabricksExporter } from './exporter/databricksExporter.js';
export { DryRunExporter, type DryRunExporterOptions } from './exporter/dryRunExporter.js';
export type { TelemetryExporter } from './exporterMark.js';
export type { ConnectionOutcome, DropReason, FlagOutcome } from './hosts/counters.js';
export type { FlagState, FlagStats, HostStats, HostsStats } from './hosts/stats.js';
export type { DatabricksTelemetryConnectOptions } from './instrumentation/connectOptions.js';
export { DatabricksSqlInstrumentation } from './instrumentation/databricksSqlInstrumentation.js';
export { type InstrumentOptions, instrument } from './instrumentation/instrument.js';
export type {
  DatabricksSqlInstrumentationConfig,
  RequestInfo,
  ResponseInfo,
} from './instrumentation/instrumentationConfig.js';
export type { InstrumentationStats } from './instrumentation/instrumentationStats.js';
export type { InstrumentClientOptions } from './instrumentation/instrumentClientOptions.js';
export { DatabricksSpanProcessor } from './processor/databricksSpanProcessor.js';
export { type ExportLocalOptions, exportLocal } from './processor/exportLocal.js';
export type { ProcessorStats } from './processor/processorStats.js';
export { recordDriverSpans, type SamplerLike } from './processor/recordDriverSpans.js';
export type { TelemetryProcessor } from './processorMark.js';
export type { ChunkDetails, ConnectionFields, OperationRecord } from './records.js';
export { withoutDatabricksTelemetry, withoutQueryText } from './scopedSwitches.js';
export type { AttributeMap, ReadableSpanLike, SpanProcessorLike } from './spanShape.js';
export {
  type DatabricksTelemetry,
  type StandaloneOptions,
  startDatabricksTelemetry,
} from './standalone/startDatabricksTelemetry.js';
export { shouldExportToDatabricks } from './tags/index.js';
