import type { ChunkDetails, ConnectionFields, OperationRecord } from '../records.js';
import type { AttributeMap } from '../spanShape.js';
import { type ConnectionTag, Tag, VOLUME_OPERATION_RULE, type WireValue } from '../tags/index.js';
import type { TagReader } from './tagReader.js';

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
  record.volumeOperation = read.value(VOLUME_OPERATION_RULE, attributes[Tag.volumeOperation]);
  record.errorName = read.code(attributes[Tag.errorType]);
}

/** The same for what came as files. A tag is read only for what the spans of downloads have not shown. */
export function readChunks(chunks: ChunkDetails, attributes: AttributeMap, read: TagReader): void {
  chunks.initialMs ??= read.integer(attributes[Tag.resultChunkInitialLatencyMs]);
  chunks.slowestMs ??= read.integer(attributes[Tag.resultChunkSlowestLatencyMs]);
  // The sum of what fits need not fit.
  chunks.sumMs = read.integer(
    chunks.sumMs || (read.integer(attributes[Tag.resultChunkSumLatencyMs]) ?? chunks.sumMs),
  );
  chunks.iterated ||= read.integer(attributes[Tag.resultChunkIteratedCount]) ?? chunks.iterated;
  chunks.present = read.integer(attributes[Tag.resultChunkCount]);
}

/**
 * The tags of a connection, from the span that opened its session and from its handle: once per session, so by a
 * loop. What the span says goes first: it is about this very session.
 */
export function readConnection(
  { attributes, handleTags }: { readonly attributes: AttributeMap; readonly handleTags: AttributeMap },
  tags: readonly ConnectionTag[],
  read: TagReader,
): ConnectionFields {
  const fields = new Map<string, WireValue>();
  for (const { name, field, rule } of tags) {
    const value = read.value(rule, attributes[name] === undefined ? handleTags[name] : attributes[name]);
    if (value !== undefined) {
      fields.set(field, value);
    }
  }
  return fields;
}
