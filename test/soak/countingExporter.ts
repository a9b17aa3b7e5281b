import type { ExportResult, FlagResult, HostExporter, RecordExporter } from '../../src/exporter/contract.js';
import { putInside } from '../../src/exporter/opaque.js';
import type { OperationRecord } from '../../src/records.js';

/** Counts records instead of sending them. */
export class CountingExporter implements RecordExporter {
  readonly [Symbol.toStringTag] = 'DatabricksExporter';
  statements = 0;
  failed = 0;
  sessions = 0;
  downloads = 0;
  openHosts = 0;

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
    this.openHosts++;
    return {
      needsCredentials: { export: true, flag: true },
      export: async (records): Promise<ExportResult> => {
        for (const record of records) {
          this.#count(record);
        }
        return { outcome: 'success', accepted: records.length, rejected: 0 };
      },
      fetchFeatureFlag: async (): Promise<FlagResult> => ({
        outcome: 'answer',
        enabled: true,
        ttlSeconds: undefined,
      }),
      breaker: () => ({ state: 'closed', openSince: undefined, transitions: 0 }),
      requests: () => ({}),
      close: async () => {
        this.openHosts--;
      },
    };
  }

  #count({ statementType, errorName, chunks }: OperationRecord): void {
    if (statementType === undefined) {
      this.sessions++;
      return;
    }
    this.statements++;
    this.downloads += chunks?.iterated ?? 0;
    if (errorName !== undefined) {
      this.failed++;
    }
  }
}
