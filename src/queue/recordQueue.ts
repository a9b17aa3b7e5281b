import type { OperationRecord } from '../records.js';
import type { DropReason } from '../stats.js';

/** Empty slots up to this number are no waste. */
const SPARE_SLOTS = 1_024;

/**
 * The records of one lane in the order in which they came: an array with a head index. A record that was
 * dropped from the middle leaves its slot empty.
 */
export class RecordQueue {
  readonly expiredAs: () => DropReason;
  #slots: Array<OperationRecord | undefined> = [];
  /** All slots before it are empty. */
  #head = 0;
  /** No slot before it has a record without an error. */
  #plain = 0;
  #length = 0;

  constructor(expiredAs: () => DropReason) {
    this.expiredAs = expiredAs;
  }

  get length(): number {
    return this.#length;
  }

  /** The oldest record, if there is one. */
  get head(): OperationRecord | undefined {
    this.#skipEmpty();
    return this.#slots[this.#head];
  }

  /** The oldest record without an error. */
  get firstPlain(): OperationRecord | undefined {
    this.#plain = Math.max(this.#plain, this.#head);
    while (this.#plain < this.#slots.length) {
      const record = this.#slots[this.#plain];
      if (record !== undefined && record.errorName === undefined) {
        return record;
      }
      this.#plain++;
    }
    return undefined;
  }

  push(record: OperationRecord): void {
    this.#slots.push(record);
    this.#length++;
  }

  /** Takes up to `max` records, oldest first. */
  take(max: number): OperationRecord[] {
    const records: OperationRecord[] = [];
    const slots = this.#slots;
    let next = this.#head;
    while (records.length < max && next < slots.length) {
      const record = slots[next];
      if (record !== undefined) {
        records.push(record);
        slots[next] = undefined;
      }
      next++;
    }
    this.#head = next;
    this.#length -= records.length;
    this.#tidy();
    return records;
  }

  /** Returns to the head what `take` gave, in its old order. */
  putBack(records: readonly OperationRecord[]): void {
    this.#slots = [...records, ...this.#slots.slice(this.#head)];
    this.#head = 0;
    this.#plain = 0;
    this.#length += records.length;
  }

  /** Drops the oldest record without an error, or the oldest if all have one. */
  dropOne(): OperationRecord | undefined {
    const record = this.firstPlain;
    if (record === undefined) {
      return this.#shift();
    }
    this.#slots[this.#plain] = undefined;
    this.#length--;
    this.#tidy();
    return record;
  }

  /** Takes what came before that time or at it. */
  dropUntil(time: number): readonly OperationRecord[] {
    const dropped: OperationRecord[] = [];
    for (let { head } = this; head !== undefined && head.queuedAt <= time; head = this.head) {
      this.#shift();
      dropped.push(head);
    }
    return dropped;
  }

  /** @returns what was in it */
  clear(): readonly OperationRecord[] {
    return this.take(this.#length);
  }

  #shift(): OperationRecord | undefined {
    const record = this.head;
    if (record !== undefined) {
      this.#slots[this.#head] = undefined;
      this.#head++;
      this.#length--;
      this.#tidy();
    }
    return record;
  }

  #skipEmpty(): void {
    while (this.#head < this.#slots.length && this.#slots[this.#head] === undefined) {
      this.#head++;
    }
  }

  /** Empty slots never outnumber the records by much. */
  #tidy(): void {
    if (this.#length === 0) {
      this.#slots = [];
      this.#head = 0;
      this.#plain = 0;
    } else if (this.#slots.length > 2 * this.#length + SPARE_SLOTS) {
      this.#slots = this.#slots.filter((record) => record !== undefined);
      this.#head = 0;
      this.#plain = 0;
    }
  }
}
