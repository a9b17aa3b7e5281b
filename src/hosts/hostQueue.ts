import type { OperationRecord } from '../records.js';
import type { DropReason } from './counters.js';
import { RecordQueue } from './recordQueue.js';
import { type Background, Wakeup } from './timing.js';

/** The queues are looked through for expired records at most so many times in `maxRecordAgeMs`. */
const EXPIRY_STEPS = 128;

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
  readonly #expiry: Wakeup;
  #isWatching = false;
  #size = 0;
  #inFlight = 0;

  constructor(limits: HostQueueLimits, background: Background, onDropped: OnDropped) {
    this.#limits = limits;
    this.#background = background;
    this.#onDropped = onDropped;
    this.#expiry = new Wakeup(background, () => this.#onExpiryDue());
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
    if (record.queuedAt < 0) {
      // Whole numbers take no memory of their own.
      record.queuedAt = Math.floor(this.#background.now());
    }
    queue.push(record);
    this.#size++;
    if (this.#size > this.#limits.maxQueueSize) {
      this.#dropOne();
    }
    if (!this.#isWatching) {
      this.#watch(record.queuedAt);
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
    const oldest = queue.head?.queuedAt;
    if (!this.#isWatching && oldest !== undefined) {
      this.#watch(oldest);
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
    this.#expiry.cancel();
  }

  #restIfEmpty(): void {
    if (this.#size + this.#inFlight === 0) {
      this.#expiry.cancel();
      this.#isWatching = false;
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
    let oldest: RecordQueue | undefined;
    let since = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues) {
      const queuedAt = recordOf(queue)?.queuedAt;
      if (queuedAt !== undefined && queuedAt < since) {
        oldest = queue;
        since = queuedAt;
      }
    }
    return oldest;
  }

  #dropExpired(queue: RecordQueue): void {
    const records = queue.dropUntil(this.#background.now() - this.#limits.maxRecordAgeMs);
    if (records.length > 0) {
      this.#size -= records.length;
      this.#onDropped(queue.expiredAs(), records);
    }
  }

  /** Looks again when the oldest record is too old, but not for every single one. */
  #watch(oldest: number): void {
    this.#isWatching = true;
    const { maxRecordAgeMs } = this.#limits;
    this.#expiry.at(
      Math.max(oldest + maxRecordAgeMs, this.#background.now() + maxRecordAgeMs / EXPIRY_STEPS),
    );
  }

  #onExpiryDue(): void {
    this.#isWatching = false;
    for (const queue of this.#queues) {
      this.#dropExpired(queue);
    }
    const oldest = this.#oldest((queue) => queue.head)?.head?.queuedAt;
    if (oldest !== undefined) {
      this.#watch(oldest);
    }
  }
}
