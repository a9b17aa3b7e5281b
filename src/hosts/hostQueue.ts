import type { OperationRecord } from '../records.js';
import { type Background, monotonicNow } from './background.js';
import { isBefore, nextSequence, RecordQueue } from './recordQueue.js';

/** Ages are known to this fraction of `maxRecordAgeMs`; a record is never dropped before its time. */
const AGE_STEPS = 128;

export interface HostQueueLimits {
  readonly maxQueueSize: number;
  readonly maxRecordAgeMs: number;
}

/** Told of what the queue drops by itself. */
export type OnDropped = (reason: 'queue_full' | 'expired', count: number) => void;

/** All that waits for one host: the queues of its lanes under one cap and one age limit. */
export class HostQueue {
  readonly #limits: HostQueueLimits;
  readonly #background: Background;
  readonly #onDropped: OnDropped;
  readonly #queues = new Set<RecordQueue>();
  /** Which sequence number was the last one when: ages without a clock reading per record. */
  #marks: AgeMark[] = [];
  #sequence = 0;
  #size = 0;
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: HostQueueLimits, background: Background, onDropped: OnDropped) {
    this.#limits = limits;
    this.#background = background;
    this.#onDropped = onDropped;
  }

  get size(): number {
    return this.#size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  open(): RecordQueue {
    const queue = new RecordQueue();
    this.#queues.add(queue);
    return queue;
  }

  /** @returns how many records were still in it */
  close(queue: RecordQueue): number {
    this.#queues.delete(queue);
    return this.clear(queue);
  }

  push(queue: RecordQueue, record: OperationRecord): void {
    this.#sequence = nextSequence(this.#sequence);
    record.sequence = this.#sequence;
    queue.push(record);
    this.#size++;
    if (this.#size > this.#limits.maxQueueSize) {
      this.#dropOldest();
    }
    if (this.#timer === undefined) {
      this.#mark();
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
  }

  /** The batch waits again, at the head. */
  putBack(queue: RecordQueue, batch: readonly OperationRecord[]): void {
    this.settle(batch);
    queue.putBack(batch);
    this.#size += batch.length;
    this.#dropExpired(queue);
    while (this.#size > this.#limits.maxQueueSize) {
      this.#dropOldest();
    }
  }

  /** @returns how many records were in it */
  clear(queue: RecordQueue): number {
    const count = queue.clear();
    this.#size -= count;
    return count;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#marks = [];
  }

  /** Looks at the heads of all lanes, at most `maxLanes`, and only when the cap is reached. */
  #dropOldest(): void {
    let waitsLongest: RecordQueue | undefined;
    let oldest: OperationRecord | undefined;
    for (const queue of this.#queues) {
      const { head } = queue;
      if (head !== undefined && (oldest === undefined || isBefore(head.sequence, oldest.sequence))) {
        waitsLongest = queue;
        oldest = head;
      }
    }
    if (waitsLongest?.shift() !== undefined) {
      this.#size--;
      this.#onDropped('queue_full', 1);
    }
  }

  #dropExpired(queue: RecordQueue): void {
    const limit = monotonicNow() - this.#limits.maxRecordAgeMs;
    const expired = this.#marks.findLast((mark) => mark.time <= limit);
    if (expired === undefined) {
      return;
    }
    let count = 0;
    for (let { head } = queue; head !== undefined; head = queue.head) {
      if (isBefore(expired.sequence, head.sequence)) {
        break;
      }
      queue.shift();
      count++;
    }
    this.#size -= count;
    this.#onDropped('expired', count);
  }

  /** Runs while anything waits or is in flight. */
  #mark(): void {
    const { maxRecordAgeMs } = this.#limits;
    const now = monotonicNow();
    this.#marks.push({ sequence: this.#sequence, time: now });
    this.#timer = this.#background.after(Math.ceil(maxRecordAgeMs / AGE_STEPS), () => this.#tick());
  }

  #tick(): void {
    this.#timer = undefined;
    for (const queue of this.#queues) {
      this.#dropExpired(queue);
    }
    if (this.#size + this.#inFlight === 0) {
      this.#marks = [];
      return;
    }
    const limit = monotonicNow() - this.#limits.maxRecordAgeMs;
    const current = this.#marks.findLastIndex((mark) => mark.time <= limit);
    this.#marks = this.#marks.slice(Math.max(current, 0));
    this.#mark();
  }
}

interface AgeMark {
  readonly sequence: number;
  readonly time: number;
}
