import type { ChunkDetails, ConnectionDetails, OperationRecord } from '../records.js';
import { Tag, type TagTable, type WireField } from '../tags/index.js';
import type { AttributeMap } from './spanShape.js';
import type { TagReader } from './tagReader.js';

/** The operation types whose log describes the connection. */
const CONNECTION_OPERATION = 'CREATE_SESSION';

/**
 * Copies the tags of an operation's span that may leave into its record. Read directly, tag by tag: a
 * loop over the table takes twice the time. A test holds this against the table.
 */
export function readOperation(record: OperationRecord, attributes: AttributeMap, read: TagReader): void {
  record.workspaceId = read.workspaceId(attributes[Tag.workspaceId]);
  record.sessionId = read.sessionId(attributes[Tag.sessionId]);
  record.statementId = read.uuid(attributes[Tag.statementId]);
  record.latencyMs = read.integer(attributes[Tag.operationLatencyMs]);
  record.operationType = read.operationType(attributes[Tag.operationType]);
  record.internal = read.boolean(attributes[Tag.operationInternal]) ?? false;
  record.statementType = read.statementType(attributes[Tag.statementType]);
  record.resultFormat = read.resultFormat(attributes[Tag.resultFormat]);
  record.compressed = read.boolean(attributes[Tag.resultCompressed]);
  record.readyMs = read.integer(attributes[Tag.resultReadyLatencyMs]);
  record.consumptionMs = read.integer(attributes[Tag.resultConsumptionLatencyMs]);
  record.pollCount = read.integer(attributes[Tag.pollCount]);
  record.pollMs = read.integer(attributes[Tag.pollLatencyMs]);
  record.retryCount = read.integer(attributes[Tag.retryCount]);
  record.volumeOperation = read.text('vol_operation.volume_operation_type', attributes[Tag.volumeOperation]);
  record.errorName = read.code(attributes[Tag.errorType]);
  if (record.operationType === CONNECTION_OPERATION) {
    record.connection = readConnection(attributes, read);
  }
}

/** The tags of a connection, from the span that opened its session. */
export function readConnection(attributes: AttributeMap, read: TagReader): ConnectionDetails {
  const text = (field: WireField, tag: string) => read.text(field, attributes[tag]);
  return {
    driverName: text('system_configuration.driver_name', Tag.driverName),
    driverVersion: read.version(attributes[Tag.driverVersion]),
    runtimeName: text('system_configuration.runtime_name', Tag.runtimeName),
    runtimeVersion: read.version(attributes[Tag.runtimeVersion]),
    runtimeVendor: text('system_configuration.runtime_vendor', Tag.runtimeVendor),
    osName: text('system_configuration.os_name', Tag.osType),
    osVersion: read.version(attributes[Tag.osVersion]),
    osArch: text('system_configuration.os_arch', Tag.hostArch),
    localeName: text('system_configuration.locale_name', Tag.locale),
    charSetEncoding: text('system_configuration.char_set_encoding', Tag.charset),
    authType: text('auth_type', Tag.authType),
    httpPath: text('driver_connection_params.http_path', Tag.httpPath),
    mode: text('driver_connection_params.mode', Tag.mode),
    authMech: text('driver_connection_params.auth_mech', Tag.authMechanism),
    authFlow: text('driver_connection_params.auth_flow', Tag.authFlow),
    useProxy: read.boolean(attributes[Tag.featureProxy]),
    enableArrow: read.boolean(attributes[Tag.featureArrow]),
    enableDirectResults: read.boolean(attributes[Tag.featureDirectResults]),
    enableMetricViewMetadata: read.boolean(attributes[Tag.featureMetricViewMetadata]),
    socketTimeoutS: read.integer(attributes[Tag.socketTimeoutS]),
    asyncPollIntervalMs: read.integer(attributes[Tag.pollIntervalMs]),
  };
}

/** A tag of the user's own that fills a field of `chunk_details`. */
export interface ChunkTag {
  readonly name: string;
  readonly assign: (chunks: ChunkDetails, value: number) => void;
}

/** The fields that the processor else derives from the spans of downloads, and how a tag fills them. */
const CHUNK_FIELDS: Partial<Record<WireField, ChunkTag['assign']>> = {
  'sql_operation.chunk_details.initial_chunk_latency_millis': (chunks, value) => {
    chunks.initialMs ??= value;
  },
  'sql_operation.chunk_details.slowest_chunk_latency_millis': (chunks, value) => {
    chunks.slowestMs ??= value;
  },
  'sql_operation.chunk_details.sum_chunks_download_time_millis': (chunks, value) => {
    chunks.sumMs ||= value;
  },
  'sql_operation.chunk_details.total_chunks_iterated': (chunks, value) => {
    chunks.iterated ||= value;
  },
};

/** The user's own tags that leave for Databricks: only for fields that no built-in tag fills. */
export function chunkTagsOf(table: TagTable): readonly ChunkTag[] {
  return table.rows.flatMap((row) => {
    const assign = row.wireField === undefined ? undefined : CHUNK_FIELDS[row.wireField];
    return assign === undefined ? [] : [{ name: row.name, assign }];
  });
}
