import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { ExportResult, HostExporter, RecordExporter } from '../../src/exporter/contract.js';
import { EXPORTER_MARK, type TelemetryExporter } from '../../src/exporterMark.js';

/** Takes everything at once and keeps nothing, as the span exporter below. */
export class NoOpRecordExporter implements RecordExporter, TelemetryExporter {
  readonly [EXPORTER_MARK] = 'sends';
  taken = 0;

  openHost(): HostExporter {
    return {
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
