import { context, type Span, TraceFlags, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { exportLocal } from '../../src/processor/exportLocal.js';
import { recordDriverSpans } from '../../src/processor/recordDriverSpans.js';
import type { DriverSession } from '../support/drivers.js';
import { useRecordBench } from './bench.js';

const bench = useRecordBench();
const STATEMENTS = 100;

/** Notes what a sampler decided, by trace and name. */
class Noting implements Sampler {
  readonly sampled: string[] = [];
  readonly #sampler: Sampler;

  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  shouldSample(...args: Parameters<Sampler['shouldSample']>): ReturnType<Sampler['shouldSample']> {
    const result = this.#sampler.shouldSample(...args);
    if (result.decision === SamplingDecision.RECORD_AND_SAMPLED) {
      this.sampled.push(`${args[1]} ${args[2]}`);
    }
    return result;
  }
}

function startLocal(sampler: Sampler) {
  const exporter = new InMemorySpanExporter();
  const local = exportLocal(new BatchSpanProcessor(exporter), { detail: 'operations' });
  bench.start({ sampler, processors: [local] });
  return async (): Promise<readonly string[]> => {
    await local.forceFlush();
    return exporter.getFinishedSpans().map((span) => `${span.spanContext().traceId} ${span.name}`);
  };
}

async function runMany(session: DriverSession): Promise<void> {
  for (let i = 0; i < STATEMENTS; i++) {
    await bench.run(session, i % 10 === 0 ? { format: 'cloudfetch', filesPerPage: 1 } : {});
  }
}

const SAMPLERS: readonly [string, () => Sampler][] = [
  ['1 % of the traces', () => new TraceIdRatioBasedSampler(0.01)],
  ['30 % of the traces', () => new TraceIdRatioBasedSampler(0.3)],
  ['none', () => new AlwaysOffSampler()],
  [
    '1 % of the traces, by their parent',
    () => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) }),
  ],
  ['all', () => new AlwaysOnSampler()],
];

describe('recordDriverSpans', () => {
  it.each(SAMPLERS)(
    '%s: all records for Databricks, and locally exactly what the sampler chose',
    async (_title, make) => {
      const noting = new Noting(make());
      const localSpans = startLocal(recordDriverSpans(noting));
      const session = await bench.openSession();
      await runMany(session);
      await session.close();
      expect(await bench.statements()).toHaveLength(STATEMENTS);
      expect(await bench.records()).toHaveLength(STATEMENTS + 2);
      const chunks = (await bench.statements()).filter((record) => record.chunks?.iterated === 1);
      expect(chunks).toHaveLength(STATEMENTS / 10);
      expect([...(await localSpans())].sort()).toEqual([...noting.sampled].sort());
    },
  );

  it.each([TraceFlags.SAMPLED, TraceFlags.NONE])(
    'below a remote parent with flags %i: its decision',
    async (traceFlags) => {
      const noting = new Noting(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
      const localSpans = startLocal(recordDriverSpans(noting));
      const remote = {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        traceFlags,
        isRemote: true,
      };
      await context.with(trace.setSpanContext(context.active(), remote), async () => {
        await bench.run(await bench.openSession());
      });
      expect(await bench.statements()).toHaveLength(1);
      expect(await localSpans()).toHaveLength(traceFlags === TraceFlags.SAMPLED ? 4 : 0);
      for (const span of bench.telemetry.ended) {
        expect(span.spanContext()).toMatchObject({ traceId: remote.traceId, traceFlags });
      }
    },
  );

  it('spans of others below a driver’s span that is only recorded are neither recorded nor sampled', async () => {
    startLocal(recordDriverSpans(new ParentBasedSampler({ root: new AlwaysOffSampler() })));
    const others: Span[] = [];
    const provider = {
      // The driver authenticates before each request, in the context of the operation: as its HTTP requests run.
      authenticate: async () => {
        others.push(trace.getTracer('http').startSpan('POST'));
        return { Authorization: 'Bearer x' };
      },
    };
    await bench.run(await bench.openSession({ authType: 'custom', provider } as never));
    expect(others.length).toBeGreaterThan(1);
    for (const span of others) {
      expect(span.isRecording()).toBe(false);
      expect(span.spanContext().traceFlags).toBe(TraceFlags.NONE);
    }
    expect(await bench.statements()).toHaveLength(1);
  });
});

describe('recordDriverSpans, put inside of a ParentBasedSampler', () => {
  it('does not reach spans below a parent that was not sampled: it belongs around it', async () => {
    const sampler = new ParentBasedSampler({ root: recordDriverSpans(new AlwaysOffSampler()) });
    startLocal(sampler);
    const session = await bench.openSession();
    await bench.run(session, { format: 'cloudfetch' });
    await trace.getTracer('application').startActiveSpan('request', async (span) => {
      await bench.run(session);
      span.end();
    });
    expect(await bench.statements()).toMatchObject([{ chunks: { iterated: 2 } }]);
  });
});

describe('without recordDriverSpans', () => {
  it('Databricks gets what the sampler chose, and nothing else', async () => {
    const noting = new Noting(new TraceIdRatioBasedSampler(0.3));
    startLocal(noting);
    const session = await bench.openSession();
    await runMany(session);
    const chosen = new Set(noting.sampled.filter((name) => name.endsWith('SELECT rows')));
    expect(await bench.statements()).toHaveLength(chosen.size);
    expect(chosen.size).toBeLessThan(STATEMENTS);
  });

  it('AlwaysOff: nothing at all, and the driver’s own telemetry is left as it was', async () => {
    startLocal(new AlwaysOffSampler());
    const client = await bench.connect();
    await bench.run(await client.openSession());
    expect(await bench.records()).toEqual([]);
    expect(client.getConfig().telemetryEnabled).toBe(true);
    expect(bench.processor.stats().connections.served).toBe(0);
  });
});
