import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordQueue } from '../../src/queue/recordQueue.js';
import { OperationRecord } from '../../src/records.js';

/** The model: an array, and the batches that are out. */
interface Model {
  queue: number[];
  out: number[][];
  next: number;
}

class Real {
  readonly queue = new RecordQueue(() => 'expired');
  readonly out: OperationRecord[][] = [];
}

type Command = fc.Command<Model, Real>;

function check(model: Model, real: Real): void {
  expect(real.queue.length).toBe(model.queue.length);
  expect(real.queue.head?.startTimeMs).toBe(model.queue[0]);
}

class Push implements Command {
  readonly count: number;
  constructor(count: number) {
    this.count = count;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    for (let i = 0; i < this.count; i++) {
      real.queue.push(recordNumbered(model.next));
      model.queue.push(model.next++);
    }
    check(model, real);
  }
  toString(): string {
    return `push(${this.count})`;
  }
}

class Take implements Command {
  readonly max: number;
  constructor(max: number) {
    this.max = max;
  }
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    const expected = model.queue.splice(0, this.max);
    const batch = real.queue.take(this.max);
    expect(batch.map((record) => record.startTimeMs)).toEqual(expected);
    model.out.push(expected);
    real.out.push(batch);
    check(model, real);
  }
  toString(): string {
    return `take(${this.max})`;
  }
}

/** The batch that was taken last goes back, so that the order stays one. */
class PutBack implements Command {
  check(model: Readonly<Model>): boolean {
    return model.out.length > 0;
  }
  run(model: Model, real: Real): void {
    const batch = real.out.pop();
    if (batch !== undefined) {
      model.queue.unshift(...(model.out.pop() ?? []));
      real.queue.putBack(batch);
    }
    check(model, real);
  }
  toString(): string {
    return 'putBack()';
  }
}

/** Every seventh record has an error. */
function recordNumbered(number: number): OperationRecord {
  const record = new OperationRecord(number);
  if (isError(number)) {
    record.errorName = 'other';
  }
  return record;
}

function isError(number: number): boolean {
  return number % 7 === 0;
}

class DropOne implements Command {
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    const plain = model.queue.findIndex((number) => !isError(number));
    model.queue.splice(Math.max(plain, 0), 1);
    real.queue.dropOne();
    check(model, real);
  }
  toString(): string {
    return 'dropOne()';
  }
}

class Clear implements Command {
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    expect(real.queue.clear()).toHaveLength(model.queue.length);
    model.queue = [];
    check(model, real);
  }
  toString(): string {
    return 'clear()';
  }
}

describe('RecordQueue', () => {
  it('does what an array would do, whatever is done with it', () => {
    const commands = [
      fc.integer({ min: 0, max: 300 }).map((count) => new Push(count)),
      fc.integer({ min: 0, max: 300 }).map((max) => new Take(max)),
      fc.constant(new PutBack()),
      fc.constant(new DropOne()),
      fc.constant(new Clear()),
    ];
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 40 }), (sequence) => {
        fc.modelRun(() => ({ model: { queue: [], out: [], next: 1 }, real: new Real() }), sequence);
      }),
      { numRuns: 300 },
    );
  });

  it('holds on to little where errors stay and everything else is dropped', () => {
    const queue = new RecordQueue(() => 'expired');
    const first = new OperationRecord(0);
    first.errorName = 'other';
    queue.push(first);
    for (let i = 1; i < 1_000_000; i++) {
      queue.push(new OperationRecord(i));
      if (i > 10) {
        queue.dropOne();
      }
    }
    expect(queue.length).toBe(11);
    expect(queue.head).toBe(first);
    expect(queue.take(100).map(({ startTimeMs }) => startTimeMs)).toEqual([
      0,
      ...Array.from({ length: 10 }, (_, i) => 999_990 + i),
    ]);
  });

  it('gives back 200,000 records in their order', () => {
    const queue = new RecordQueue(() => 'expired');
    for (let i = 0; i < 200_000; i++) {
      queue.push(new OperationRecord(i));
    }
    let expected = 0;
    while (queue.length > 0) {
      for (const { startTimeMs } of queue.take(100)) {
        if (startTimeMs !== expected++) {
          throw new Error(`${startTimeMs} came as number ${expected - 1}`);
        }
      }
    }
    expect(expected).toBe(200_000);
  });
});
