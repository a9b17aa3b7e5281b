import { diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabricksSpanProcessor, DatabricksSqlInstrumentation } from '../../src/index.js';
import type { SpanProcessorLike } from '../../src/spanShape.js';
import { RunningTelemetry } from '../../src/standalone/runningTelemetry.js';
import type { StartedProvider } from '../../src/standalone/sdk.js';

const DEADLINE_MS = 2_000;

let calls: string[];
let errors: string[];

const hangs = (): Promise<void> => new Promise(() => undefined);
const settles = async (): Promise<void> => undefined;
const rejects = async (): Promise<void> => {
  throw new Error('refused');
};

function start(flush: () => Promise<void>, shutdown: () => Promise<void>): RunningTelemetry {
  const instrumentation = new DatabricksSqlInstrumentation({ enabled: false });
  vi.spyOn(instrumentation, 'disable').mockImplementation(() => {
    calls.push('disable');
  });
  const local = { forceFlush: note('flush', flush) } as Partial<SpanProcessorLike> as SpanProcessorLike;
  const provider = { shutdown: note('shutdown', shutdown) } as Partial<StartedProvider> as StartedProvider;
  return new RunningTelemetry({
    provider,
    instrumentation,
    processor: new DatabricksSpanProcessor(),
    localProcessors: [local],
    deadlineMs: DEADLINE_MS,
    withSignals: true,
  });
}

const throws = (): never => {
  throw new Error('refused');
};

const note = (name: string, action: () => Promise<void>) => (): Promise<void> => {
  calls.push(name);
  return action();
};

const listeners = () =>
  (['beforeExit', 'SIGTERM', 'SIGINT'] as const).map((event) => process.listenerCount(event as 'SIGTERM'));

beforeEach(() => {
  calls = [];
  errors = [];
  const ignore = (): void => undefined;
  diag.setLogger({
    error: (...words: unknown[]) => errors.push(words.join(' ')),
    warn: ignore,
    info: ignore,
    debug: ignore,
    verbose: ignore,
  });
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  diag.disable();
});

describe('the end of telemetry of our own', () => {
  it('ends what is open first, then flushes, then stops, each once', async () => {
    const running = start(settles, settles);
    await Promise.all([running.shutdown(), running.shutdown()]);
    expect(calls).toEqual(['disable', 'flush', 'shutdown']);
    expect(errors).toEqual([]);
  });

  it.each([
    ['the flush hangs', hangs, settles],
    ['the stop hangs', settles, hangs],
    ['both hang', hangs, hangs],
  ])('has one deadline for flush and stop together, where %s', async (_name, flush, shutdown) => {
    const running = start(flush, shutdown);
    let hasEnded = false;
    const ended = running.shutdown().then(() => {
      hasEnded = true;
    });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    expect(hasEnded).toBe(flush !== hangs && shutdown !== hangs);
    await vi.advanceTimersByTimeAsync(2);
    expect(hasEnded).toBe(true);
    await ended;
  });

  it.each([
    ['no answer within 2000 ms', hangs, settles],
    ['refused', rejects, settles],
    ['refused', settles, rejects],
    ['refused', rejects, rejects],
    ['refused', settles, throws],
    ['refused', throws, throws],
  ])('logs once what the backend did not get: %s', async (text, flush, shutdown) => {
    const running = start(flush, shutdown);
    const ended = running.shutdown();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS + 1);
    await ended;
    expect(errors).toEqual([expect.stringContaining(`could not be exported to your backend: ${text}`)]);
  });

  it('stops the processor for Databricks, whatever keeps the provider from it', async () => {
    const stop = vi.spyOn(DatabricksSpanProcessor.prototype, 'shutdown');
    await start(settles, throws).shutdown();
    expect(stop).toHaveBeenCalledOnce();
  });

  it('leaves no listener behind', async () => {
    const before = listeners();
    const running = start(settles, settles);
    expect(listeners()).toEqual(before.map((count) => count + 1));
    await running.shutdown();
    expect(listeners()).toEqual(before);
  });
});
