import type { FlagResult, HostExporter, RecordExporter } from '../../src/exporter/contract.js';
import { encodeBatch } from '../../src/exporter/encode.js';
import type { OperationRecord } from '../../src/records.js';

/** The stub transport: encodes every batch as the real one does, counts, and keeps nothing. */
export class CountingExporter implements RecordExporter {
  statements = 0;
  failed = 0;
  others = 0;
  bytes = 0;

  supportsRoute(): boolean {
    return true;
  }

  openHost(): HostExporter {
    return {
      export: async (records) => {
        this.bytes += encodeBatch(records, {
          uploadTimeMs: 0,
          userAgent: 'soak/1',
          authenticated: true,
        }).length;
        for (const record of records) {
          this.#count(record);
        }
        return { outcome: 'success', accepted: records.length, rejected: 0 };
      },
      fetchFeatureFlag: async (): Promise<FlagResult> => ({
        outcome: 'answer',
        enabled: true,
        ttlSeconds: 3_600,
      }),
      breaker: () => ({ state: 'closed', openSince: undefined, transitions: 0 }),
      requests: () => ({}),
      close: async () => undefined,
    };
  }

  #count(record: OperationRecord): void {
    if (record.operationType !== 'EXECUTE_STATEMENT') {
      this.others++;
      return;
    }
    this.statements++;
    if (record.errorName !== undefined) {
      this.failed++;
    }
  }
}
