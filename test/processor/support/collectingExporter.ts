import type {
  ExportResult,
  FlagResult,
  HostExporter,
  RecordExporter,
} from '../../../src/exporter/contract.js';
import { encodeBatch } from '../../../src/exporter/encode.js';
import { putInside } from '../../../src/exporter/opaque.js';
import type { OperationRecord } from '../../../src/records.js';

/** Takes batches instead of the network: the bytes that would have been sent, and the records. */
export class CollectingExporter implements RecordExporter {
  readonly [Symbol.toStringTag] = 'DatabricksExporter';
  readonly bodies: string[] = [];
  readonly records: OperationRecord[] = [];

  /** Every log of every body, decoded twice as the server does it. */
  logs(): unknown[] {
    return this.bodies.flatMap((body) => {
      const { protoLogs } = JSON.parse(body) as { protoLogs: string[] };
      return protoLogs.map((log): unknown => JSON.parse(log));
    });
  }

  constructor() {
    putInside(this, this);
  }

  supportsHost(): boolean {
    return true;
  }

  supportsRoute(): boolean {
    return true;
  }

  openHost(): HostExporter {
    return {
      needsCredentials: { export: true, flag: true },
      export: async (records): Promise<ExportResult> => {
        this.records.push(...records);
        this.bodies.push(
          encodeBatch(records, { uploadTimeMs: Date.now(), userAgent: 'test/1', authenticated: true }),
        );
        return { outcome: 'success', accepted: records.length, rejected: 0 };
      },
      fetchFeatureFlag: async (): Promise<FlagResult> => ({
        outcome: 'answer',
        enabled: true,
        ttlSeconds: 900,
      }),
      breaker: () => ({ state: 'closed', openSince: undefined, transitions: 0 }),
      requests: () => ({}),
      close: async () => undefined,
    };
  }
}
