import { randomUUID } from 'node:crypto';
import type { OperationRecord } from '../../src/records.js';
import {
  CHUNK_FIELDS,
  OTHER_FIELDS,
  START_MS,
  STATEMENT_FIELDS,
  USER_AGENT,
} from '../../test/support/records.js';
import { loadInternals } from '../harness/subject.js';
import { WORKSPACE_ID } from './connection.js';
import type { DriverMetric } from './driverTelemetry.js';
import { SESSION_ID } from './spans.js';

export { USER_AGENT };

/** Records of statements: a third with files, a tenth failed. */
export async function realisticRecords(count: number): Promise<OperationRecord[]> {
  const { OperationRecord, ChunkDetails } = await loadInternals();
  return Array.from({ length: count }, (_, index) => {
    const record = statement(new OperationRecord(START_MS + index), index);
    if (index % 3 === 0) {
      record.resultFormat = 'EXTERNAL_LINKS';
      record.chunks = Object.assign(new ChunkDetails(), CHUNK_FIELDS);
    }
    if (index % 10 === 0) {
      record.errorName = 'ECONNRESET';
    }
    return record;
  });
}

/** Records with every field that there is, those of a connection, a volume and a download at once. */
export async function fullRecords(count: number): Promise<OperationRecord[]> {
  const { OperationRecord, ChunkDetails } = await loadInternals();
  return Array.from({ length: count }, (_, index) => {
    const chunks = Object.assign(new ChunkDetails(), CHUNK_FIELDS);
    return Object.assign(statement(new OperationRecord(START_MS + index), index), OTHER_FIELDS, { chunks });
  });
}

/** What the driver's aggregator makes of the same statements. */
export function driverMetrics(count: number): DriverMetric[] {
  return Array.from({ length: count }, (_, index) => {
    const hasFiles = index % 3 === 0;
    return {
      metricType: 'statement',
      timestamp: START_MS + index,
      sessionId: SESSION_ID,
      statementId: randomUUID(),
      workspaceId: WORKSPACE_ID,
      operationType: 'EXECUTE_STATEMENT',
      latencyMs: 100 + index,
      resultFormat: hasFiles ? 'EXTERNAL_LINKS' : 'INLINE_ARROW',
      chunkCount: hasFiles ? CHUNK_FIELDS.present : 0,
      ...(hasFiles && {
        chunkInitialLatencyMs: CHUNK_FIELDS.initialMs,
        chunkSlowestLatencyMs: CHUNK_FIELDS.slowestMs,
        chunkSumLatencyMs: CHUNK_FIELDS.sumMs,
      }),
      bytesDownloaded: 0,
      pollCount: 2,
      compressed: true,
    };
  });
}

function statement(record: OperationRecord, index: number): OperationRecord {
  return Object.assign(record, STATEMENT_FIELDS, {
    workspaceId: WORKSPACE_ID,
    sessionId: SESSION_ID,
    statementId: randomUUID(),
    latencyMs: 100 + index,
    readyMs: 120 + index,
  });
}
