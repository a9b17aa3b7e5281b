import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import { DISABLED, Setup, UNAVAILABLE } from './fakes.js';

const SCOPE = 'opentelemetry-databricks-sql';

const FORCED = { telemetry: { forceEnableTelemetry: true } };

function logger(): DiagLogger & { warn: Mock<(...message: unknown[]) => void> } {
  const quiet = () => undefined;
  return { error: quiet, warn: vi.fn(), info: quiet, debug: quiet, verbose: quiet };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  diag.disable();
  vi.useRealTimers();
});

async function settle(durationMs: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(durationMs);
}

function failing(options = {}): Setup {
  return new Setup({ maxQueueSize: 100, ...options }, (host) => {
    host.answer = () => ({ outcome: 'terminal', error: '400', pauseMs: 0 });
  });
}

describe('lost records', () => {
  it('are told of in one warning per minute, with counts by reason', async () => {
    const log = logger();
    diag.setLogger(log, DiagLogLevel.ALL);
    const setup = failing();
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 130);
    await settle(1_500);
    expect(log.warn.mock.calls).toEqual([[SCOPE, 'telemetry records lost: 30 queue_full, 100 terminal']]);
    for (let i = 0; i < 29; i++) {
      setup.enqueue(lease, 100);
      await settle(2_000);
    }
    expect(log.warn).toHaveBeenCalledTimes(1);
    await settle(5_000);
    expect(log.warn.mock.calls[1]).toEqual([SCOPE, 'telemetry records lost: 2900 terminal']);
    await settle(600_000);
    expect(log.warn).toHaveBeenCalledTimes(2);
  });

  it('are told of at shutdown at the latest', async () => {
    const log = logger();
    diag.setLogger(log, DiagLogLevel.ALL);
    const setup = failing();
    setup.enqueue(setup.open(FORCED).lease, 10);
    const stopped = setup.registry.shutdown(2_000);
    await settle(100);
    await stopped;
    expect(log.warn.mock.calls).toEqual([[SCOPE, 'telemetry records lost: 10 terminal']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are no warning where the server's flag is off", async () => {
    const log = logger();
    diag.setLogger(log, DiagLogLevel.ALL);
    const setup = new Setup({}, (host) => {
      host.answerFlag = () => DISABLED;
    });
    const { lease } = setup.open();
    setup.enqueue(lease, 10);
    await settle(100);
    setup.enqueue(lease, 10);
    await settle(120_000);
    expect(setup.registry.stats().dropped.flag_disabled).toBe(20);
    expect(log.warn).not.toHaveBeenCalled();
  });

  it('are warned of where nobody ever answered for the flag', async () => {
    const log = logger();
    diag.setLogger(log, DiagLogLevel.ALL);
    const setup = new Setup({ maxRecordAgeMs: 60_000 }, (host) => {
      host.answerFlag = () => UNAVAILABLE;
    });
    setup.enqueue(setup.open().lease, 10);
    await settle(120_000);
    expect(setup.registry.stats()).toMatchObject({ queued: 0, dropped: { flag_unknown: 10, expired: 0 } });
    expect(log.warn.mock.calls).toEqual([[SCOPE, 'telemetry records lost: 10 flag_unknown']]);
  });

  it('hurt nobody when the logger throws', async () => {
    const log = logger();
    let isFailing = false;
    const fail = () => {
      if (isFailing) {
        throw new Error('a logger that throws');
      }
    };
    diag.setLogger({ ...log, debug: fail, warn: fail }, DiagLogLevel.ALL);
    isFailing = true;
    const setup = failing();
    const { lease } = setup.open(FORCED);
    setup.enqueue(lease, 130);
    await settle(120_000);
    await setup.registry.shutdown(1_000);
    expect(setup.registry.stats().dropped).toMatchObject({ terminal: 100, queue_full: 30 });
    isFailing = false;
  });
});
