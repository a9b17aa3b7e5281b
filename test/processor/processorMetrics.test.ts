import { type MeterProvider, metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
  MeterProvider as SdkMeterProvider,
} from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { DatabricksSpanProcessor, type DatabricksSpanProcessorOptions } from '../../src/index.js';
import { connectionHandle, contextOf, statementSpan } from '../support/spans.js';
import { CollectingExporter } from './support/collectingExporter.js';

const PROCESSED = 'otel.sdk.processor.span.processed';

const processors: DatabricksSpanProcessor[] = [];
const providers: SdkMeterProvider[] = [];

function make(options: DatabricksSpanProcessorOptions = {}): DatabricksSpanProcessor {
  const processor = new DatabricksSpanProcessor({
    forceEnableTelemetry: true,
    exporter: new CollectingExporter(),
    ...options,
  });
  processors.push(processor);
  return processor;
}

function runStatements(processor: DatabricksSpanProcessor, count: number): void {
  const context = contextOf(connectionHandle());
  for (let i = 0; i < count; i++) {
    const statement = statementSpan();
    processor.onStart(statement, context);
    processor.onEnd(statement);
  }
}

function meterProvider() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new SdkMeterProvider({ readers: [reader] });
  providers.push(provider);
  return {
    provider,
    /** `otel.component.name` of the processors whose records are counted. */
    async components(): Promise<readonly unknown[]> {
      exporter.reset();
      await reader.forceFlush();
      const points = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
        .filter(({ descriptor }) => descriptor.name === PROCESSED)
        .flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes));
      return [...new Set(points.map((attributes) => attributes['otel.component.name']))];
    },
  };
}

afterEach(async () => {
  await Promise.all(processors.splice(0).map((processor) => processor.shutdown()));
  metrics.disable();
  await Promise.all(providers.splice(0).map((provider) => provider.shutdown()));
});

describe('the processor’s metrics without wiring', () => {
  it('go to a global meter provider that is set after the processor was made, as NodeSDK does', async () => {
    const processor = make();
    const { provider, components } = meterProvider();
    metrics.setGlobalMeterProvider(provider);
    runStatements(processor, 1);
    expect(await components()).toEqual(['databricks_span_processor/0']);
  });

  it('go to one that is set in the middle', async () => {
    const processor = make();
    runStatements(processor, 10);
    const { provider, components } = meterProvider();
    metrics.setGlobalMeterProvider(provider);
    runStatements(processor, 10);
    expect(await components()).toEqual(['databricks_span_processor/0']);
  });

  it('go to one that is set when nothing happens any more, once stats() are read', async () => {
    const processor = make();
    const { provider, components } = meterProvider();
    metrics.setGlobalMeterProvider(provider);
    processor.stats();
    expect(await components()).toEqual(['databricks_span_processor/0']);
  });

  it('have a name for each of the processors that share it', async () => {
    const { provider, components } = meterProvider();
    metrics.setGlobalMeterProvider(provider);
    make().stats();
    make().stats();
    expect(await components()).toEqual(['databricks_span_processor/0', 'databricks_span_processor/1']);
  });

  it('go nowhere with meterProvider: false, and nowhere else with one of its own', async () => {
    const [global, own] = [meterProvider(), meterProvider()];
    metrics.setGlobalMeterProvider(global.provider);
    runStatements(make({ meterProvider: false }), 1);
    runStatements(make({ meterProvider: own.provider }), 1);
    expect(await global.components()).toEqual([]);
    expect(await own.components()).toEqual(['databricks_span_processor/0']);
  });

  it('end with the processor', async () => {
    const { provider, components } = meterProvider();
    const processor = make({ meterProvider: provider });
    await processor.shutdown();
    expect(await components()).toEqual([]);
  });
});

describe('a meter provider that fails', () => {
  const thrown = (): never => {
    throw new Error('secret');
  };
  const noop = metrics.getMeterProvider().getMeter('none');

  it.each<readonly [string, MeterProvider]>([
    ['throws', { getMeter: thrown }],
    ['gives null', { getMeter: () => null as never }],
    ['gives a meter that throws', { getMeter: () => ({ ...noop, createObservableCounter: thrown }) }],
    [
      'gives instruments that are null',
      { getMeter: () => ({ addBatchObservableCallback: thrown }) as never },
    ],
  ])('%s: the processor works, and the failure is counted', async (_name, provider) => {
    for (const isGlobal of [false, true]) {
      metrics.disable();
      if (isGlobal) {
        metrics.setGlobalMeterProvider(provider);
      }
      const processor = make(isGlobal ? {} : { meterProvider: provider });
      runStatements(processor, 1);
      await processor.forceFlush();
      expect(processor.stats()).toMatchObject({ exported: 1, userCodeFailures: { meterProvider: 1 } });
    }
  });

  it('throws when the processor ends: counted', async () => {
    const { provider } = meterProvider();
    const processor = make({
      meterProvider: {
        getMeter: (...args) => {
          const meter = provider.getMeter(...args);
          meter.removeBatchObservableCallback = thrown;
          return meter;
        },
      },
    });
    await processor.shutdown();
    expect(processor.stats().userCodeFailures).toEqual({ meterProvider: 1 });
  });

  it.each([null, {}, 'global', { getMeter: 'no' }, true])('what is none: %o is a clear error', (value) => {
    expect(() => make({ meterProvider: value as never })).toThrow(
      /DatabricksSpanProcessor: option 'meterProvider' is .*; allowed is a MeterProvider or false/,
    );
  });
});
