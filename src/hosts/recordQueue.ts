import type { OperationRecord } from '../records.js';

/** Records per chunk: few allocations in a burst, little waste in a quiet lane (1 kB). */
const CHUNK_SIZE = 128;

/**
 * Sequence numbers tell the order of arrival at the host. They are 32-bit integers that wrap around; what is
 * queued at one time never spans half their range.
 */
export function nextSequence(sequence: number): number {
  return (sequence + 1) | 0;
}

export function isBefore(sequence: number, other: number): boolean {
  return ((sequence - other) | 0) < 0;
}

/**
 * The records of one lane in the order in which they came. A list of chunks: 8 bytes per record, no
 * object for each, and every operation takes constant time per record that it touches.
 */
export class RecordQueue {
  #first: Chunk | undefined;
  #last: Chunk | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The oldest record, if there is one. */
  get head(): OperationRecord | undefined {
    return this.#first?.slots[this.#first.head];
  }

  push(record: OperationRecord): void {
    let chunk = this.#last;
    if (chunk === undefined || chunk.tail === chunk.slots.length) {
      chunk = this.#append(new Chunk(new Array(CHUNK_SIZE), 0));
    }
    chunk.slots[chunk.tail] = record;
    chunk.tail++;
    this.#length++;
  }

  /** Takes up to `max` records, oldest first. */
  take(max: number): OperationRecord[] {
    const records: OperationRecord[] = [];
    while (records.length < max) {
      const record = this.shift();
      if (record === undefined) {
        break;
      }
      records.push(record);
    }
    return records;
  }

  /** Returns to the head what `take` gave, in its old order. */
  putBack(records: readonly OperationRecord[]): void {
    if (records.length === 0) {
      return;
    }
    const chunk = new Chunk([...records], records.length);
    chunk.next = this.#first;
    this.#first = chunk;
    this.#last ??= chunk;
    this.#length += records.length;
  }

  /** Removes the oldest record. */
  shift(): OperationRecord | undefined {
    const chunk = this.#first;
    if (chunk === undefined) {
      return undefined;
    }
    const record = chunk.slots[chunk.head];
    chunk.slots[chunk.head] = undefined;
    chunk.head++;
    this.#length--;
    if (chunk.head === chunk.tail) {
      this.#first = chunk.next;
      // Old chunks that lead to young ones would keep them.
      chunk.next = undefined;
      if (this.#first === undefined) {
        this.#last = undefined;
      }
    }
    return record;
  }

  /** @returns how many there were */
  clear(): number {
    const count = this.#length;
    this.#first = undefined;
    this.#last = undefined;
    this.#length = 0;
    return count;
  }

  #append(chunk: Chunk): Chunk {
    if (this.#last === undefined) {
      this.#first = chunk;
    } else {
      this.#last.next = chunk;
    }
    this.#last = chunk;
    return chunk;
  }
}

/** Its records stand from `head` to before `tail`; an empty chunk is not kept. */
class Chunk {
  readonly slots: Array<OperationRecord | undefined>;
  head = 0;
  tail: number;
  next: Chunk | undefined = undefined;

  constructor(slots: Array<OperationRecord | undefined>, tail: number) {
    this.slots = slots;
    this.tail = tail;
  }
}
