import { ROOT_CONTEXT } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Guard } from '../../src/guard.js';
import { OperationMetrics } from '../../src/instrumentation/operationMetrics.js';
import { TimeLedger } from '../../src/instrumentation/timeLedger.js';
import { Tag } from '../../src/tags/index.js';
import { INSTRUMENTATION_SCOPE } from '../../src/version.js';
import { parseSeries, type Series } from './scraped.js';

/** What Prometheus scrapes of an application: the driver's operations, one of them failed, and Node.js itself. */
export async function collectApplicationMetrics(): Promise<Series[]> {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const runtime = new RuntimeNodeInstrumentation({ enabled: false });
  runtime.setMeterProvider(meterProvider);
  runtime.enable();
  try {
    recordOperations(new OperationMetrics(meterProvider.getMeter(INSTRUMENTATION_SCOPE), new Guard()));
    const { resourceMetrics } = await reader.collect();
    return parseSeries(new PrometheusSerializer().serialize(resourceMetrics));
  } finally {
    runtime.disable();
    await meterProvider.shutdown();
  }
}

function recordOperations(metrics: OperationMetrics): void {
  const attributes = { [Tag.dbSystemName]: 'databricks', [Tag.dbOperationName]: 'SELECT' };
  const operation = { attributes, latencyMs: 12, failure: undefined, context: ROOT_CONTEXT };
  const ledger = new TimeLedger(0, true);
  metrics.record({ ...operation, returnedRows: 1, ledger, endedAt: 12 });
  metrics.record({
    ...operation,
    failure: { code: '42P01', statusCode: '42P01', mayRecover: false },
  });
}
