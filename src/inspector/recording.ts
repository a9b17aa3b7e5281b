import type { NoRecordReason, Observation, ObservedRequest, ObservedSpan, Observer } from '../observer.js';
import type { OperationRecord } from '../records.js';
import { LocalLog } from './localLog.js';
import { RecordLog } from './recordLog.js';

export const MAX_OPERATIONS = 500;
/** 8 MiB. */
export const MAX_BYTES = 8 * 1024 * 1024;
/** Operations that have started and will make no record. */
const MAX_SKIPPED = 1_000;

export interface RecordingLimits {
  readonly operations: number;
  readonly bytes: number;
}

/**
 * What an inspector remembers of a processor: the latest operations, within limits of number and size. It
 * listens only while somebody watches or until it is full once, so that a forgotten one costs nothing.
 */
export class Recording implements Observer {
  readonly records = new RecordLog();
  readonly local = new LocalLog();
  readonly #observation: Observation;
  readonly #limits: RecordingLimits;
  readonly #skipped = new Map<string, NoRecordReason>();
  readonly #changed = new Set<number>();
  readonly #onChange: () => void;
  #watchers = 0;
  #isFull = false;
  #lastId = 0;
  #lastSpanId = '';
  #evicted = 0;

  /** @param onChange called whenever `takeChanged()` has something new; must be quick */
  constructor(observation: Observation, onChange: () => void, limits: RecordingLimits = DEFAULT_LIMITS) {
    this.#observation = observation;
    this.#onChange = onChange;
    this.#limits = limits;
    this.#update();
  }

  get isListening(): boolean {
    return this.#observation.observer === this;
  }

  get bytes(): number {
    return this.records.bytes + this.local.bytes;
  }

  /** Operations that made room for later ones. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Somebody looks, until the returned function is called. */
  watch(): () => void {
    let isOver = false;
    this.#watchers++;
    this.#update();
    return () => {
      if (!isOver) {
        isOver = true;
        this.#watchers--;
        this.#changed.clear();
        this.#update();
      }
    };
  }

  stop(): void {
    if (this.isListening) {
      this.#observation.observer = undefined;
    }
  }

  /** The operations that are new or have changed since the last call, oldest first. */
  takeChanged(): readonly number[] {
    const changed = [...this.#changed].filter((id) => this.local.get(id) !== undefined);
    this.#changed.clear();
    return changed.sort((a, b) => a - b);
  }

  onOperationSkipped(spanId: string, reason: NoRecordReason): void {
    if (this.#wantsMore && this.#skipped.size < MAX_SKIPPED) {
      this.#skipped.set(spanId, reason);
    }
  }

  onOperation(
    span: ObservedSpan,
    records: readonly OperationRecord[],
    handleTags: Readonly<Record<string, unknown>> = {},
  ): void {
    if (!this.#wantsMore) {
      return;
    }
    const { spanId } = span.spanContext();
    const skipped = this.#skipped.get(spanId);
    this.#skipped.delete(spanId);
    // A processor that is registered twice reports each end twice, the second time without a record.
    if (records.length === 0 && spanId === this.#lastSpanId) {
      return;
    }
    this.#lastSpanId = spanId;
    const id = ++this.#lastId;
    const at = Date.now();
    const noRecord = skipped ?? (records.length === 0 ? 'no_connection' : undefined);
    this.local.add(id, { span, handleTags, at, noRecord });
    this.records.add(id, records, at);
    this.#evict();
    this.#note(id);
    this.#update();
  }

  onQueued(record: OperationRecord): void {
    this.#note(this.records.queued(record, Date.now()));
  }

  onDropped(records: readonly OperationRecord[], reason: string): void {
    const at = Date.now();
    for (const record of records) {
      this.#note(this.records.dropped(record, reason, at));
    }
    this.#update();
  }

  onRequest(request: ObservedRequest): void {
    for (const id of this.records.requested(request)) {
      this.#note(id);
    }
    this.#evict();
    this.#update();
  }

  get #wantsMore(): boolean {
    return this.#watchers > 0 || !this.#isFull;
  }

  #note(id: number | undefined): void {
    if (id !== undefined && this.#watchers > 0) {
      this.#changed.add(id);
      this.#onChange();
    }
  }

  #evict(): void {
    const { operations, bytes } = this.#limits;
    this.#isFull ||= this.local.size >= operations || this.bytes >= bytes;
    while (this.local.size > operations || (this.bytes > bytes && this.local.size > 0)) {
      const [oldest] = this.local.ids();
      if (oldest === undefined) {
        break;
      }
      this.local.remove(oldest);
      this.records.remove(oldest);
      this.#evicted++;
    }
  }

  /** Listens as long as that changes anything: the lives of records that it has are followed to their end. */
  #update(): void {
    const listens = this.#wantsMore || this.records.unsettled > 0;
    if (listens && this.#observation.observer === undefined) {
      this.#observation.observer = this;
    } else if (!listens) {
      this.stop();
      this.#skipped.clear();
    }
  }
}

const DEFAULT_LIMITS: RecordingLimits = { operations: MAX_OPERATIONS, bytes: MAX_BYTES };
