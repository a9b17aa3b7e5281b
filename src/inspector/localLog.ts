import type { NoRecordReason, ObservedSpan } from '../observer.js';

/** What a span takes besides its attributes, roughly. */
const BYTES_PER_SPAN = 512;
const BYTES_PER_VALUE = 16;

/** The user's own side of an operation. Never part of the support bundle. */
export interface LocalEntry {
  readonly span: ObservedSpan;
  /** Tags of its connection that stand on no span. */
  readonly handleTags: Readonly<Record<string, unknown>>;
  /** When its span ended, as seen here. Epoch milliseconds. */
  readonly at: number;
  readonly noRecord: NoRecordReason | undefined;
  readonly bytes: number;
}

/** The spans of operations, by operation. */
export class LocalLog {
  readonly #entries = new Map<number, LocalEntry>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Oldest first. */
  ids(): IterableIterator<number> {
    return this.#entries.keys();
  }

  get(operationId: number): LocalEntry | undefined {
    return this.#entries.get(operationId);
  }

  add(operationId: number, entry: Omit<LocalEntry, 'bytes'>): void {
    const bytes = bytesOf(entry.span);
    this.#entries.set(operationId, { ...entry, bytes });
    this.#bytes += bytes;
  }

  remove(operationId: number): void {
    this.#bytes -= this.#entries.get(operationId)?.bytes ?? 0;
    this.#entries.delete(operationId);
  }
}

function bytesOf({ name, attributes }: ObservedSpan): number {
  let bytes = BYTES_PER_SPAN + 2 * name.length;
  for (const tag in attributes) {
    bytes += BYTES_PER_VALUE + tag.length + bytesOfValue(attributes[tag]);
  }
  return bytes;
}

/** Nested values are rare, and what they hold is counted by their text. */
function bytesOfValue(value: unknown): number {
  if (typeof value === 'string') {
    return 2 * value.length;
  }
  if (typeof value !== 'object' || value === null) {
    return BYTES_PER_VALUE;
  }
  if (Array.isArray(value)) {
    return value.reduce<number>((sum, item) => sum + BYTES_PER_VALUE + bytesOfValue(item), 0);
  }
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + BYTES_PER_VALUE + key.length + bytesOfValue(item),
    0,
  );
}
