import { type Background, Wakeup } from '../background.js';
import type { OperationRecord } from '../records.js';
import type { DropReason } from '../stats.js';
import { RecordQueue } from './recordQueue.js';

/** Ages are known to this fraction of `maxRecordAgeMs`; a record is never dropped before its time. */
const AGE_STEPS = 128;
/** The clock is read for one of so many records: reading it takes longer than all the rest. */
const RECORDS_PER_READING = 16;

export interface HostQueueLimits {
  readonly maxQueueSize: number;
  readonly maxRecordAgeMs: number;
}

/** Told what the queue drops by itself. */
export type OnDropped = (reason: DropReason, records: readonly OperationRecord[]) => void;

/** All that waits for one host: the queues of its lanes under one cap and one age limit. */
export class HostQueue {
  readonly #limits: HostQueueLimits;
  readonly #background: Background;
  readonly #onDropped: OnDropped;
  readonly #queues = new Set<RecordQueue>();
  readonly #nextTick: Wakeup;
  readonly #stepMs: number;
  /** The clock in whole milliseconds, read at most a step ago. With a fraction it would be an object in each record. */
  #time = 0;
  /** How many records have this time so far. */
  #sequence = 0;
  #untilReading = 0;
  #size = 0;
  #inFlight = 0;

  constructor(limits: HostQueueLimits, background: Background, onDropped: OnDropped) {
    this.#limits = limits;
    this.#background = background;
    this.#onDropped = onDropped;
    this.#stepMs = Math.ceil(limits.maxRecordAgeMs / AGE_STEPS);
    this.#nextTick = new Wakeup(background, () => this.#tick());
  }

  get size(): number {
    return this.#size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** @param expiredAs the reason for which a record that is too old is dropped */
  open(expiredAs: () => DropReason): RecordQueue {
    const queue = new RecordQueue(expiredAs);
    this.#queues.add(queue);
    return queue;
  }

  /** @returns the records that were still in it */
  close(queue: RecordQueue): readonly OperationRecord[] {
    this.#queues.delete(queue);
    return this.clear(queue);
  }

  /** The hot path. A record that waited elsewhere keeps its age. */
  push(queue: RecordQueue, record: OperationRecord): void {
    if (this.#untilReading-- === 0) {
      this.#readClock();
    }
    if (record.queuedAt < 0) {
      record.queuedAt = this.#time;
      record.sequence = this.#sequence++;
    }
    queue.push(record);
    this.#size++;
    if (this.#size > this.#limits.maxQueueSize) {
      this.#dropOne();
    }
  }

  /** Takes up to `max` records. Every batch is settled or put back. */
  take(queue: RecordQueue, max: number): readonly OperationRecord[] {
    const batch = queue.take(max);
    this.#size -= batch.length;
    this.#inFlight += batch.length;
    return batch;
  }

  /** The batch is done with. */
  settle(batch: readonly OperationRecord[]): void {
    this.#inFlight -= batch.length;
    this.#restIfEmpty();
  }

  /** The batch waits again, at the head. */
  putBack(queue: RecordQueue, batch: readonly OperationRecord[]): void {
    this.#inFlight -= batch.length;
    queue.putBack(batch);
    this.#size += batch.length;
    this.#dropExpired(queue);
    while (this.#size > this.#limits.maxQueueSize) {
      this.#dropOne();
    }
  }

  /** @returns the records that were in it */
  clear(queue: RecordQueue): readonly OperationRecord[] {
    const records = queue.clear();
    this.#size -= records.length;
    this.#restIfEmpty();
    return records;
  }

  stop(): void {
    this.#nextTick.cancel();
  }

  #restIfEmpty(): void {
    if (this.#size + this.#inFlight === 0) {
      this.#nextTick.cancel();
      this.#untilReading = 0;
    }
  }

  /** Looks at one record of each lane, and only when the cap is reached. */
  #dropOne(): void {
    const queue =
      this.#oldest((candidate) => candidate.firstPlain) ?? this.#oldest((candidate) => candidate.head);
    const record = queue?.dropOne();
    if (record !== undefined) {
      this.#size--;
      this.#onDropped('queue_full', [record]);
    }
  }

  #oldest(recordOf: (queue: RecordQueue) => OperationRecord | undefined): RecordQueue | undefined {
    let oldest: OperationRecord | undefined;
    let found: RecordQueue | undefined;
    for (const queue of this.#queues) {
      const record = recordOf(queue);
      if (record !== undefined && (oldest === undefined || isBefore(record, oldest))) {
        oldest = record;
        found = queue;
      }
    }
    return found;
  }

  #dropExpired(queue: RecordQueue): void {
    const limit = this.#background.now() - this.#limits.maxRecordAgeMs - this.#stepMs;
    const records = queue.dropUntil(limit);
    if (records.length > 0) {
      this.#size -= records.length;
      this.#onDropped(queue.expiredAs(), records);
    }
  }

  #readClock(): void {
    const now = Math.ceil(this.#background.now());
    if (now > this.#time) {
      this.#time = now;
      this.#sequence = 0;
    }
    this.#untilReading = RECORDS_PER_READING - 1;
    this.#nextTick.at(this.#time + this.#stepMs);
  }

  /** Runs while anything waits or is in flight. */
  #tick(): void {
    for (const queue of this.#queues) {
      this.#dropExpired(queue);
    }
    if (this.#size + this.#inFlight > 0) {
      this.#readClock();
    } else {
      this.#untilReading = 0;
    }
  }
}

function isBefore(one: OperationRecord, other: OperationRecord): boolean {
  return one.queuedAt === other.queuedAt ? one.sequence < other.sequence : one.queuedAt < other.queuedAt;
}
