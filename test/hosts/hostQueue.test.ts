import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backgroundOf } from '../../src/background.js';
import { HostQueue } from '../../src/queue/hostQueue.js';
import type { RecordQueue } from '../../src/queue/recordQueue.js';
import { OperationRecord } from '../../src/records.js';

const MAX_AGE_MS = 12_800;
/** An age is known to this. */
const STEP_MS = 100;

class Bench {
  readonly dropped = { queue_full: 0, expired: 0 };
  readonly host: HostQueue;
  readonly lanes: RecordQueue[];
  #next = 1;

  constructor(maxQueueSize: number, lanes: number) {
    this.host = new HostQueue(
      { maxQueueSize, maxRecordAgeMs: MAX_AGE_MS },
      backgroundOf(),
      (reason, { length: n }) => {
        this.dropped[reason as 'expired'] += n;
      },
    );
    this.lanes = Array.from({ length: lanes }, () => this.host.open(() => 'expired'));
  }

  lane(index: number): RecordQueue {
    const lane = this.lanes[index];
    if (lane === undefined) {
      throw new Error(`there is no lane ${index}`);
    }
    return lane;
  }

  /** @param apartMs how much time passes before each */
  push(lane: number, count = 1, apartMs = 0): void {
    for (let i = 0; i < count; i++) {
      if (apartMs > 0) {
        vi.advanceTimersByTime(apartMs);
      }
      this.host.push(this.lane(lane), new OperationRecord(this.#next++));
    }
  }

  take(lane: number, max = 100): readonly OperationRecord[] {
    return this.host.take(this.lane(lane), max);
  }
}

function ids(batch: readonly OperationRecord[]): number[] {
  return batch.map((record) => record.startTimeMs);
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('HostQueue', () => {
  it('drops the oldest record of the host, whichever lane it is in', () => {
    const bench = new Bench(4, 2);
    bench.push(0, 1, 1);
    bench.push(1, 2, 1);
    bench.push(0, 1, 1);
    bench.push(1, 2, 1);
    expect(bench.dropped.queue_full).toBe(2);
    expect(ids(bench.take(0))).toEqual([4]);
    expect(ids(bench.take(1))).toEqual([3, 5, 6]);
  });

  it('drops the oldest first when a batch comes back to a full queue', () => {
    const bench = new Bench(4, 1);
    bench.push(0, 3);
    const batch = bench.take(0, 2);
    bench.push(0, 3);
    bench.host.putBack(bench.lane(0), batch);
    expect(bench.dropped.queue_full).toBe(2);
    expect(ids(bench.take(0))).toEqual([3, 4, 5, 6]);
  });

  it('drops records without an error before those with one, however old', () => {
    const bench = new Bench(4, 2);
    const failed = new OperationRecord(100);
    failed.errorName = '500';
    bench.host.push(bench.lane(0), failed);
    bench.push(0, 2, 1);
    bench.push(1, 3, 1);
    expect(bench.dropped.queue_full).toBe(2);
    expect(ids(bench.take(0))).toEqual([100]);
    expect(ids(bench.take(1))).toEqual([3, 4, 5]);
  });

  it('drops the oldest with an error where all have one', () => {
    const bench = new Bench(2, 1);
    for (const id of [1, 2, 3]) {
      const failed = new OperationRecord(id);
      failed.errorName = '500';
      bench.host.push(bench.lane(0), failed);
    }
    expect(ids(bench.take(0))).toEqual([2, 3]);
  });

  it('keeps 20,000 records of one burst', () => {
    const bench = new Bench(20_480, 1);
    bench.push(0, 20_000);
    expect(bench.host.size).toBe(20_000);
    expect(bench.dropped).toEqual({ queue_full: 0, expired: 0 });
  });

  it('drops a record at its age, never before, and at the latest two steps after', () => {
    const bench = new Bench(100, 1);
    bench.push(0);
    vi.advanceTimersByTime(5_000);
    bench.push(0);
    vi.advanceTimersByTime(MAX_AGE_MS - 5_001);
    expect(bench.host.size).toBe(2);
    vi.advanceTimersByTime(2 * STEP_MS + 2);
    expect(bench.host.size).toBe(1);
    vi.advanceTimersByTime(5_000 - 2 * STEP_MS - 2);
    expect(bench.host.size).toBe(1);
    vi.advanceTimersByTime(2 * STEP_MS + 2);
    expect(bench.host.size).toBe(0);
    expect(bench.dropped.expired).toBe(2);
  });

  it('knows the age of a batch that was away', () => {
    const bench = new Bench(100, 1);
    bench.push(0, 2);
    const batch = bench.take(0);
    vi.advanceTimersByTime(MAX_AGE_MS + 2 * STEP_MS);
    bench.push(0);
    bench.host.putBack(bench.lane(0), batch);
    expect(bench.dropped.expired).toBe(2);
    expect(ids(bench.take(0))).toEqual([3]);
  });

  it('has no timer when nothing waits and nothing is in flight', () => {
    const bench = new Bench(100, 1);
    expect(vi.getTimerCount()).toBe(0);
    bench.push(0);
    expect(vi.getTimerCount()).toBe(1);
    bench.host.settle(bench.take(0));
    vi.advanceTimersByTime(STEP_MS);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends every record in exactly one place, in the order of its lane', () => {
    const operation = fc.oneof(
      fc.record({ do: fc.constant('push' as const), lane: fc.nat(2), count: fc.nat(30) }),
      fc.record({
        do: fc.constant('take' as const),
        lane: fc.nat(2),
        count: fc.integer({ min: 1, max: 20 }),
      }),
      fc.record({ do: fc.constant('settle' as const), lane: fc.nat(2), count: fc.constant(0) }),
      fc.record({ do: fc.constant('putBack' as const), lane: fc.nat(2), count: fc.constant(0) }),
      fc.record({ do: fc.constant('wait' as const), lane: fc.constant(0), count: fc.nat(MAX_AGE_MS) }),
    );
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (operations, cap) => {
          vi.clearAllTimers();
          const bench = new Bench(cap, 3);
          const out: Array<readonly OperationRecord[] | undefined> = [undefined, undefined, undefined];
          let pushed = 0;
          let settled = 0;
          for (const { do: what, lane, count } of operations) {
            const batch = out[lane];
            if (what === 'push') {
              bench.push(lane, count);
              pushed += count;
            } else if (what === 'take' && batch === undefined) {
              const taken = bench.take(lane, count);
              out[lane] = taken;
              expect(ids(taken)).toEqual(ids(taken).toSorted((a, b) => a - b));
            } else if (what === 'settle' && batch !== undefined) {
              bench.host.settle(batch);
              settled += batch.length;
              out[lane] = undefined;
            } else if (what === 'putBack' && batch !== undefined) {
              bench.host.putBack(bench.lane(lane), batch);
              out[lane] = undefined;
            } else if (what === 'wait') {
              vi.advanceTimersByTime(count);
            }
            expect(bench.host.size).toBe(bench.lanes.reduce((sum, queue) => sum + queue.length, 0));
            expect(bench.host.size).toBeLessThanOrEqual(cap);
            const dropped = bench.dropped.expired + bench.dropped.queue_full;
            expect(settled + dropped + bench.host.inFlight + bench.host.size).toBe(pushed);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('drops, of all that wait, always the record that came first', () => {
    const operation = fc.record({
      do: fc.constantFrom('push', 'push', 'push', 'take', 'putBack'),
      lane: fc.nat(2),
      count: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (operations, cap) => {
          const bench = new Bench(cap, 3);
          const out: Array<readonly OperationRecord[] | undefined> = [undefined, undefined, undefined];
          /** All that waits, with its lane. */
          let waiting: Array<{ id: number; lane: number }> = [];
          let next = 1;
          const dropDownToCap = () => {
            waiting.sort((a, b) => a.id - b.id);
            waiting = waiting.slice(Math.max(0, waiting.length - cap));
          };
          for (const { do: what, lane, count } of operations) {
            const batch = out[lane];
            if (what === 'push') {
              bench.push(lane, count, 1);
              for (let i = 0; i < count; i++) {
                waiting.push({ id: next++, lane });
                dropDownToCap();
              }
            } else if (what === 'take' && batch === undefined) {
              const taken = bench.take(lane, count);
              const expected = waiting.filter((record) => record.lane === lane).slice(0, count);
              expect(ids(taken)).toEqual(expected.map(({ id }) => id));
              waiting = waiting.filter((record) => !expected.includes(record));
              out[lane] = taken;
            } else if (what === 'putBack' && batch !== undefined) {
              bench.host.putBack(bench.lane(lane), batch);
              waiting.push(...ids(batch).map((id) => ({ id, lane })));
              dropDownToCap();
              out[lane] = undefined;
            }
            expect(bench.host.size).toBe(waiting.length);
          }
          bench.host.stop();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('costs at most 20 bytes per queued record beside the record', () => {
    vi.useRealTimers();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const bench = new Bench(200_000, 1);
    const record = new OperationRecord(1);
    collect();
    const before = process.memoryUsage();
    for (let i = 0; i < 100_000; i++) {
      bench.host.push(bench.lane(0), record);
    }
    collect();
    const after = process.memoryUsage();
    const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(bytes / 100_000).toBeLessThan(20);
    expect(bench.host.size).toBe(100_000);
    bench.host.stop();
  });
});
