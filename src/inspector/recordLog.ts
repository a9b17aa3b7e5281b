import { DRY_RUN_PATH, type ObservedRequest } from '../observer.js';
import type { OperationRecord } from '../records.js';
import { answerFor } from './answers.js';
import type { LifeEvent, RecordState } from './model.js';
import { findLog, previewLog } from './wireLog.js';

/** Events kept of one record: the first ones, and the latest. */
const MAX_EVENTS = 24;
const FIRST_EVENTS = 4;
/** What a record and its life take, roughly. */
const BYTES_PER_RECORD = 1_024;

/** The body of a request, held as long as a record that it carried. */
interface Body {
  readonly bytes: Uint8Array;
  holders: number;
}

/** A record and its life. Nothing here comes from a span but what the record may say. */
export class RecordEntry {
  readonly operationId: number;
  readonly record: OperationRecord;
  readonly life: LifeEvent[] = [];
  state: RecordState = 'waiting';
  reason: string | undefined = undefined;
  body: Body | undefined = undefined;

  constructor(operationId: number, record: OperationRecord) {
    this.operationId = operationId;
    this.record = record;
  }

  get isSettled(): boolean {
    return this.state !== 'waiting' && this.state !== 'retrying';
  }

  addRequest({ sentAt, durationMs, outcome, path, accepted, rejected, records }: ObservedRequest): void {
    if (path === DRY_RUN_PATH) {
      this.add({ at: sentAt, kind: accepted ? 'written' : 'refused', outcome });
      this.state = accepted ? 'written' : 'retrying';
      this.reason = accepted ? undefined : outcome;
      return;
    }
    const answer = answerFor({ accepted, rejected, sent: records.length });
    this.add({ at: sentAt, kind: 'sent', path });
    this.add({ at: sentAt + durationMs, outcome, durationMs, ...answer.event });
    this.state = answer.state;
    this.reason = answer.reason ?? (accepted ? undefined : outcome);
  }

  add(event: LifeEvent): void {
    if (this.life.length >= MAX_EVENTS) {
      this.life.splice(FIRST_EVENTS, 1);
    }
    this.life.push(event);
  }
}

/** A record as Databricks got it, or would have got it. */
export interface RecordText {
  readonly log: string | undefined;
  readonly wasSent: boolean;
}

/** @param authenticated whether logs say whose they are */
export function textOf({ record, body }: RecordEntry, authenticated: boolean): RecordText {
  const { eventId } = record;
  const sent = body === undefined || eventId === undefined ? undefined : findLog(body.bytes, eventId);
  return { log: sent ?? previewLog(record, authenticated), wasSent: sent !== undefined };
}

/** Records, each with its life and the body that carried it. */
export class RecordLog {
  readonly #byRecord = new Map<OperationRecord, RecordEntry>();
  readonly #byOperation = new Map<number, readonly RecordEntry[]>();
  readonly #bodies = new Map<Uint8Array, Body>();
  #bodyBytes = 0;
  #unsettled = 0;

  get bytes(): number {
    return this.#byRecord.size * BYTES_PER_RECORD + this.#bodyBytes;
  }

  /** Records whose life goes on. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** In the order of their operations' ends. */
  entries(): IterableIterator<RecordEntry> {
    return this.#byRecord.values();
  }

  of(operationId: number): readonly RecordEntry[] {
    return this.#byOperation.get(operationId) ?? [];
  }

  add(operationId: number, records: readonly OperationRecord[], at: number): void {
    const entries = records.map((record) => new RecordEntry(operationId, record));
    for (const entry of entries) {
      entry.add({ at, kind: 'made' });
      this.#byRecord.set(entry.record, entry);
      this.#unsettled++;
    }
    this.#byOperation.set(operationId, entries);
  }

  remove(operationId: number): void {
    for (const entry of this.of(operationId)) {
      this.#settle(entry);
      this.#letGoOfBody(entry);
      this.#byRecord.delete(entry.record);
    }
    this.#byOperation.delete(operationId);
  }

  /** @returns the operation whose record it is */
  queued(record: OperationRecord, at: number): number | undefined {
    const entry = this.#byRecord.get(record);
    entry?.add({ at, kind: 'queued' });
    return entry?.operationId;
  }

  dropped(record: OperationRecord, reason: string, at: number): number | undefined {
    const entry = this.#byRecord.get(record);
    if (entry !== undefined) {
      entry.add({ at, kind: 'dropped', outcome: reason });
      this.#settle(entry);
      entry.state = 'dropped';
      entry.reason = reason;
    }
    return entry?.operationId;
  }

  /** @returns the operations whose records it carried */
  requested(request: ObservedRequest): readonly number[] {
    const operations: number[] = [];
    for (const record of request.records) {
      const entry = this.#byRecord.get(record);
      if (entry !== undefined) {
        this.#carry(entry, request);
        operations.push(entry.operationId);
      }
    }
    return operations;
  }

  #carry(entry: RecordEntry, request: ObservedRequest): void {
    this.#holdBody(entry, request.body);
    if (request.accepted) {
      this.#settle(entry);
    }
    entry.addRequest(request);
  }

  #settle(entry: RecordEntry): void {
    if (!entry.isSettled) {
      this.#unsettled--;
    }
  }

  #holdBody(entry: RecordEntry, bytes: Uint8Array): void {
    if (entry.body?.bytes === bytes) {
      return;
    }
    this.#letGoOfBody(entry);
    let body = this.#bodies.get(bytes);
    if (body === undefined) {
      body = { bytes, holders: 0 };
      this.#bodies.set(bytes, body);
      this.#bodyBytes += bytes.byteLength;
    }
    body.holders++;
    entry.body = body;
  }

  #letGoOfBody(entry: RecordEntry): void {
    const { body } = entry;
    entry.body = undefined;
    if (body !== undefined && --body.holders === 0) {
      this.#bodies.delete(body.bytes);
      this.#bodyBytes -= body.bytes.byteLength;
    }
  }
}
