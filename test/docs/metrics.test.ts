import type { Histogram, Meter } from '@opentelemetry/api';
import { createNoopMeter } from '@opentelemetry/api';
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { beforeAll, describe, expect, it } from 'vitest';
import { Guard } from '../../src/guard.js';
import { NO_CONNECTIONS, NO_FLAG_FETCHES, NONE_DROPPED } from '../../src/hosts/counters.js';
import { OperationMetrics } from '../../src/instrumentation/operationMetrics.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { codeSpans, firstTable, leadingCode, readPage, section } from './markdown.js';
import { collectMetrics, EVENTFUL_STATS } from './scraped.js';

const PAGE = readPage('docs/metrics.md');
const rowsOf = (heading: string) => firstTable(section(PAGE, heading));
const namesIn = (cells: readonly string[]) => cells.flatMap(codeSpans).sort();

describe('metrics on the page', () => {
  let metrics: MetricData[];
  beforeAll(async () => {
    ({ metrics } = await collectMetrics());
  });

  it("are the processor's, with type and unit", () => {
    const documented = rowsOf('The export to Databricks').map(([name, type, unit]) => [
      leadingCode(name),
      type,
      leadingCode(unit),
    ]);
    const actual = metrics.map((metric) => [metric.descriptor.name, typeOf(metric), metric.descriptor.unit]);
    expect(documented.sort()).toEqual(actual.sort());
  });

  it('have the attributes that the page names', () => {
    for (const [name = '', , , attributes = ''] of rowsOf('The export to Databricks')) {
      const metric = metrics.find(({ descriptor }) => descriptor.name === leadingCode(name));
      const actual = new Set(metric?.dataPoints.flatMap((point) => Object.keys(point.attributes)));
      const expected = ['otel.component.name', 'otel.component.type', ...codeSpans(attributes)];
      expect([name, [...actual].sort()]).toEqual([
        name,
        expected.filter((attribute) => attribute.includes('.')).sort(),
      ]);
    }
  });

  it("are the driver's operations', with unit and buckets", () => {
    const created: string[][] = [];
    const buckets: number[][] = [];
    const meter: Meter = {
      ...createNoopMeter(),
      createHistogram: (name, options): Histogram => {
        created.push([name, options?.unit ?? '']);
        buckets.push(options?.advice?.explicitBucketBoundaries ?? []);
        return { record: () => undefined };
      },
    };
    new OperationMetrics(meter, new Guard());
    const documented = rowsOf("The driver's operations").map(([name, , unit]) => [
      leadingCode(name),
      leadingCode(unit),
    ]);
    expect(documented).toEqual(created);
    expect(section(PAGE, 'Buckets for warehouse queries')).toContain(`advise: ${buckets[0]?.join(', ')} s`);
  });
});

describe('statistics on the page', () => {
  it('are the fields of stats()', () => {
    const documented = rowsOf('stats()').map(([name]) => leadingCode(name));
    expect(documented.sort()).toEqual(Object.keys(new DatabricksSpanProcessor().stats()).sort());
  });

  it('are the fields of a host', () => {
    const [, text = ''] = rowsOf('stats()').find(([name]) => leadingCode(name) === 'hosts') ?? [];
    const [host] = EVENTFUL_STATS.hosts;
    const fields = [
      ...Object.keys(host ?? {}),
      ...Object.keys(host?.breaker ?? {}),
      ...Object.keys(host?.flags[0] ?? {}),
    ];
    expect(new Set(codeSpans(text))).toEqual(new Set([...fields, 'unknown', 'enabled', 'disabled']));
  });

  it('are the reasons for dropping, the outcomes of connections and of flag requests', () => {
    const first = (heading: string) => namesIn(rowsOf(heading).map(([cell = '']) => cell));
    expect(first('Why records are dropped')).toEqual(Object.keys(NONE_DROPPED).sort());
    expect(first('What became of connections')).toEqual(Object.keys(NO_CONNECTIONS).sort());
    const [, text = ''] = rowsOf('stats()').find(([name]) => leadingCode(name) === 'flagFetches') ?? [];
    expect(codeSpans(text)).toEqual(Object.keys(NO_FLAG_FETCHES));
  });
});

function typeOf(metric: MetricData): string {
  switch (metric.dataPointType) {
    case DataPointType.GAUGE:
      return 'gauge';
    case DataPointType.SUM:
      return metric.isMonotonic ? 'counter' : 'up-down counter';
    default:
      return 'histogram';
  }
}
