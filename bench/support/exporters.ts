import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { ExportResult, HostExporter, RecordExporter } from '../../src/exporter/contract.js';
import { putInside } from '../../src/exporter/opaque.js';

/** Takes everything at once and keeps nothing, as the span exporter below. */
export class NoOpRecordExporter implements RecordExporter {
  readonly [Symbol.toStringTag] = 'DatabricksExporter';
  taken = 0;

  openHost(): HostExporter {
    return {
      needsCredentials: { export: true, flag: true },
      export: async ({ length }): Promise<ExportResult> => {
        this.taken += length;
        return { outcome: 'success', accepted: length, rejected: 0 };
      },
      fetchFeatureFlag: async () => ({ outcome: 'aborted' }),
      breaker: () => ({ state: 'closed', openSince: undefined, transitions: 0 }),
      requests: () => ({}),
      close: async () => undefined,
    };
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
}

export class NoOpSpanExporter implements SpanExporter {
  taken = 0;

  export(spans: readonly unknown[], done: (result: { code: number }) => void): void {
    this.taken += spans.length;
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}
}
