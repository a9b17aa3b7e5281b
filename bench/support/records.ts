import { randomUUID } from 'node:crypto';
import type { ConnectionDetails, OperationRecord } from '../../src/records.js';
import { loadInternals } from '../harness/subject.js';
import { WORKSPACE_ID } from './connection.js';
import type { DriverMetric } from './driverTelemetry.js';
import { SESSION_ID } from './spans.js';

export const USER_AGENT =
  'opentelemetry-databricks-sql/0.1.0 NodejsDatabricksSqlConnector/2.1.0 Node.js/20.20.2';

const START_MS = 1_795_207_059_128;

const CONNECTION: ConnectionDetails = {
  driverName: 'nodejs-sql-driver',
  driverVersion: '2.1.0',
  runtimeName: 'Node.js',
  runtimeVersion: '20.20.2',
  runtimeVendor: 'Node.js Foundation',
  osName: 'linux',
  osVersion: '6.1.0',
  osArch: 'x64',
  localeName: 'en_US',
  charSetEncoding: 'UTF-8',
  authType: 'pat',
  httpPath: '/sql/1.0/warehouses/0123456789abcdef',
  mode: 'THRIFT',
  authMech: 'PAT',
  authFlow: 'TOKEN_PASSTHROUGH',
  useProxy: false,
  enableArrow: true,
  enableDirectResults: true,
  enableMetricViewMetadata: false,
  socketTimeoutS: 900,
  asyncPollIntervalMs: 100,
};

/** Records of statements: a third with files, a tenth failed. */
export async function realisticRecords(count: number): Promise<OperationRecord[]> {
  const { OperationRecord, ChunkDetails } = await loadInternals();
  return Array.from({ length: count }, (_, index) => {
    const record = statement(new OperationRecord(START_MS + index), index);
    if (index % 3 === 0) {
      record.resultFormat = 'EXTERNAL_LINKS';
      record.chunks = Object.assign(new ChunkDetails(), CHUNKS);
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
    const record = statement(new OperationRecord(START_MS + index), index);
    record.resultFormat = 'EXTERNAL_LINKS';
    record.volumeOperation = 'PUT';
    record.errorName = 'ECONNRESET';
    record.chunkId = 3;
    record.chunks = Object.assign(new ChunkDetails(), CHUNKS);
    record.connection = CONNECTION;
    return record;
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
      chunkCount: hasFiles ? CHUNKS.present : 0,
      ...(hasFiles && {
        chunkInitialLatencyMs: CHUNKS.initialMs,
        chunkSlowestLatencyMs: CHUNKS.slowestMs,
        chunkSumLatencyMs: CHUNKS.sumMs,
      }),
      bytesDownloaded: 0,
      pollCount: 2,
      compressed: true,
    };
  });
}

const CHUNKS = { present: 10, iterated: 10, initialMs: 35, slowestMs: 121, sumMs: 600 };

function statement(record: OperationRecord, index: number): OperationRecord {
  record.workspaceId = WORKSPACE_ID;
  record.sessionId = SESSION_ID;
  record.statementId = randomUUID();
  record.latencyMs = 100 + index;
  record.operationType = 'EXECUTE_STATEMENT';
  record.internal = false;
  record.statementType = 'QUERY';
  record.resultFormat = 'INLINE_ARROW';
  record.compressed = true;
  record.readyMs = 120 + index;
  record.consumptionMs = 30;
  record.pollCount = 2;
  record.pollMs = 55;
  record.retryCount = 0;
  return record;
}
