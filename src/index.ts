export type {
  AccessToken,
  CircuitBreakerOptions,
  DatabricksExporterOptions,
  DatabricksSpanProcessorOptions,
  TokenProvider,
} from './config.js';
export { DatabricksExporter } from './exporter/databricksExporter.js';
export { DryRunExporter, type DryRunExporterOptions } from './exporter/dryRunExporter.js';
export type { TelemetryExporter } from './exporterMark.js';
export type { UserCode } from './guard.js';
export type { DatabricksTelemetryConnectOptions } from './instrumentation/connectOptions.js';
export { DatabricksSqlInstrumentation } from './instrumentation/databricksSqlInstrumentation.js';
export { instrument } from './instrumentation/instrument.js';
export type {
  DatabricksSqlInstrumentationConfig,
  RequestInfo,
  ResponseInfo,
} from './instrumentation/instrumentationConfig.js';
export type { InstrumentationStats } from './instrumentation/instrumentationStats.js';
export type { InstrumentOptions } from './instrumentation/instrumentClientOptions.js';
export { DatabricksSpanProcessor } from './processor/databricksSpanProcessor.js';
export { type ExportLocalOptions, exportLocal } from './processor/exportLocal.js';
export { recordDriverSpans, type SamplerLike } from './processor/recordDriverSpans.js';
export { withoutDatabricksTelemetry, withoutQueryText } from './scopedSwitches.js';
export type { ReadableSpanLike, SpanProcessorLike } from './spanShape.js';
export {
  type DatabricksTelemetry,
  type StandaloneOptions,
  startDatabricksTelemetry,
} from './standalone/startDatabricksTelemetry.js';
export type { ConnectionOutcome, DropReason, HostStats, ProcessorStats } from './stats.js';
export { shouldExportToDatabricks } from './tags/index.js';
