import type { ExportDestination, ExportResult, HostExporter } from '../exporter/contract.js';
import type { OperationRecord } from '../records.js';
import { type Background, debug, monotonicNow } from './background.js';
import type { Counters, DropReason } from './counters.js';
import type { FeatureFlag } from './featureFlag.js';
import type { HostQueue } from './hostQueue.js';
import { Pause } from './pause.js';
import type { RecordQueue } from './recordQueue.js';
import type { Sender, SendOrder } from './sendOrder.js';
import { Wakeup } from './wakeup.js';

/** Flushes that are asked for are at least this far apart: failing statements ask for one each. */
export const FLUSH_GAP_MS = 1_000;

/** What a lane's outbox has from its host. */
export interface OutboxServices {
  readonly options: { readonly batchSize: number; readonly flushIntervalMs: number };
  readonly exporter: HostExporter;
  readonly queues: HostQueue;
  readonly sendOrder: SendOrder;
  readonly background: Background;
  readonly counters: Counters;
  /** A batch is through, or back: whoever waits for a flush may look again. */
  readonly onSettled: () => void;
}

/** Whose answer decides about an outbox; the feature flag as far as that needs to know it. */
export type FlagAnswer = Pick<FeatureFlag, 'state' | 'refusal' | 'isAsking'>;

interface InFlight {
  readonly batch: readonly OperationRecord[];
  readonly sentAt: number;
}

/**
 * The records of one lane and their way out: batched, one request at a time, waiting where the flag, the
 * server or the breaker asks for it.
 */
export class Outbox implements Sender {
  /** Nobody fills it any more: what is in it, or comes late, is not kept until a batch is full. */
  isUnattended = true;
  readonly #services: OutboxServices;
  readonly #destination: ExportDestination;
  /** `undefined` if telemetry is forced. */
  readonly #flag: FlagAnswer | undefined;
  readonly #queues: HostQueue;
  readonly #queue: RecordQueue;
  readonly #pause: Pause;
  readonly #nextSend: Wakeup;
  readonly #nextFlush: Wakeup;
  /** All requests have this one: none is stopped but by closing. */
  readonly #closed = new AbortController();
  #inFlight: InFlight | undefined;
  /** How many records, those in flight included, are to leave without waiting for a batch to fill. */
  #urgent = 0;
  #hasSent = false;
  #flushedAt = Number.NEGATIVE_INFINITY;
  /** Why records are not kept, if they are not. */
  #refusal: DropReason | undefined;
  #isClosed = false;

  constructor(destination: ExportDestination, flag: FlagAnswer | undefined, services: OutboxServices) {
    const { background, options, queues } = services;
    this.#services = services;
    this.#destination = destination;
    this.#flag = flag;
    this.#refusal = flag?.refusal;
    this.#queues = queues;
    this.#queue = queues.open();
    this.#pause = new Pause(options.flushIntervalMs);
    this.#nextSend = new Wakeup(background, () => this.#onSendDue());
    this.#nextFlush = new Wakeup(background, () => this.flush());
    destination.credentials.onChange(() => background.run(() => this.#onCredentials()));
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0 && this.#inFlight === undefined;
  }

  get isPaused(): boolean {
    return this.#pause.isActive;
  }

  /** The hot path: no closure, no promise, no object. */
  enqueue(record: OperationRecord): void {
    if (this.#refusal !== undefined) {
      this.#services.counters.drop(this.#refusal, 1);
      return;
    }
    this.#queues.push(this.#queue, record);
    const { length } = this.#queue;
    if (length === 1 || length === this.#services.options.batchSize) {
      this.#schedule();
    }
  }

  /** Sends what is queued soon; how soon depends on when that was asked for last. */
  flush(): void {
    if (this.#isClosed) {
      return;
    }
    const now = monotonicNow();
    const earliest = this.#flushedAt + FLUSH_GAP_MS;
    if (now < earliest) {
      this.#nextFlush.at(earliest);
      return;
    }
    this.#flushedAt = now;
    this.hurry();
  }

  /** Sends what is queued now, and tries again even though a try has just failed. */
  flushNow(): void {
    this.#pause.cutShort();
    this.hurry();
  }

  /** What is queued leaves as soon as it may. */
  hurry(): void {
    this.#urgent = this.#queue.length + (this.#inFlight?.batch.length ?? 0);
    this.#schedule();
  }

  /**
   * Whether records that were to be flushed are still on their way; not, if they can't be sent now.
   *
   * @param awaitFlag whether those count that wait for an answer about the flag which is under way
   */
  isFlushing(awaitFlag: boolean): boolean {
    if (this.#urgent === 0 || this.#inFlight !== undefined) {
      return this.#urgent > 0;
    }
    if (this.#queue.length === 0 || this.isPaused || this.#services.sendOrder.isBlocked) {
      return false;
    }
    return this.#mayExport || (awaitFlag && this.#flag?.state === 'unknown' && this.#flag.isAsking);
  }

  send(): boolean {
    if (this.#inFlight !== undefined || !this.#mayExport || this.isPaused) {
      return false;
    }
    const batch = this.#queues.take(this.#queue, this.#services.options.batchSize);
    if (batch.length === 0) {
      this.#urgent = 0;
      return false;
    }
    this.#inFlight = { batch, sentAt: monotonicNow() };
    this.#hasSent = true;
    this.#nextSend.cancel();
    void this.#export(this.#inFlight);
    return true;
  }

  /** The flag says something else than before. */
  onFlagChanged(): void {
    if (!this.#isClosed) {
      this.#refusal = this.#flag?.refusal;
      this.#dropRefused();
      this.#schedule();
    }
  }

  /** Later records are dropped for this reason; what is queued may still be sent. */
  refuse(reason: DropReason): void {
    this.#refusal = reason;
  }

  /**
   * Drops what is left.
   *
   * @param reason of what is queued or in flight
   * @param laterReason of what comes later
   */
  close(reason: DropReason, laterReason: DropReason): void {
    this.#isClosed = true;
    this.#refusal = laterReason;
    this.#nextSend.cancel();
    this.#nextFlush.cancel();
    const { counters, sendOrder } = this.#services;
    sendOrder.withdraw(this);
    const isUnknown = reason === 'shutdown' && this.#flag?.state === 'unknown';
    counters.drop(isUnknown ? 'flag_unknown' : reason, this.#queues.close(this.#queue));
    const inFlight = this.#inFlight;
    if (inFlight !== undefined) {
      this.#inFlight = undefined;
      this.#queues.settle(inFlight.batch);
      counters.drop(reason, inFlight.batch.length);
      this.#closed.abort();
      sendOrder.finished();
    }
  }

  get #mayExport(): boolean {
    return !this.#isClosed && (this.#flag === undefined || this.#flag.state === 'enabled');
  }

  get #isDue(): boolean {
    return this.#urgent > 0 || this.isUnattended || this.#queue.length >= this.#services.options.batchSize;
  }

  /** Sees to it that what is queued is sent at its time. */
  #schedule(): void {
    if (this.#queue.length > 0 && this.#inFlight === undefined && this.#mayExport) {
      const delay = this.#isDue ? 0 : this.#flushDelay();
      this.#nextSend.at(Math.max(monotonicNow() + delay, this.#pause.end));
    }
  }

  /** The first flush falls anywhere in the interval, so that processes that start together spread out. */
  #flushDelay(): number {
    const { flushIntervalMs } = this.#services.options;
    return this.#hasSent ? flushIntervalMs : Math.random() * flushIntervalMs;
  }

  #onSendDue(): void {
    if (this.isPaused) {
      this.#schedule();
      return;
    }
    this.#urgent = Math.max(this.#urgent, this.#queue.length);
    this.#services.sendOrder.request(this);
  }

  async #export(inFlight: InFlight): Promise<void> {
    const { batch } = inFlight;
    let result: ExportResult;
    try {
      result = await this.#services.exporter.export(batch, this.#destination, this.#closed.signal);
    } catch (error) {
      result = { outcome: 'terminal', error: String(error), pauseMs: 0 };
    }
    // A close in the meantime has counted the batch already.
    if (this.#inFlight === inFlight) {
      this.#inFlight = undefined;
      this.#onResult(inFlight, result);
    }
  }

  #onResult(inFlight: InFlight, result: ExportResult): void {
    if (isFinal(result)) {
      this.#settle(inFlight.batch, result);
    } else {
      this.#putBack(inFlight, result);
    }
    const { sendOrder, onSettled } = this.#services;
    sendOrder.finished();
    if (this.#queue.length > 0 && this.#isDue && !this.isPaused && this.#mayExport) {
      sendOrder.request(this);
    } else {
      this.#schedule();
    }
    onSettled();
  }

  #settle(batch: readonly OperationRecord[], result: FinalResult): void {
    const { counters } = this.#services;
    this.#queues.settle(batch);
    this.#urgent = Math.min(Math.max(0, this.#urgent - batch.length), this.#queue.length);
    if (result.outcome === 'success') {
      counters.exported += result.accepted;
      counters.reject(result.rejected);
      this.#pause.onSuccess();
    } else {
      debug(`a batch was refused: ${result.error}`);
      counters.drop('terminal', batch.length);
      this.#pause.onTerminal(result.pauseMs);
    }
  }

  /** Back to the head; the batch has waited for its turn already, so it leaves as soon as it may. */
  #putBack(inFlight: InFlight, result: ReturnedResult): void {
    const { sendOrder } = this.#services;
    this.#queues.putBack(this.#queue, inFlight.batch);
    this.#urgent = Math.min(Math.max(this.#urgent, inFlight.batch.length), this.#queue.length);
    this.#dropRefused();
    if (result.outcome === 'blocked') {
      sendOrder.block(result.retryInMs);
    } else if (result.outcome === 'unauthorized') {
      this.#pause.onUnauthorized(result.pauseMs, inFlight.sentAt);
    } else {
      this.#pause.onRetryable(result.outcome === 'retryable' ? result.retryAfterMs : undefined);
    }
  }

  /** What waited for the flag is dropped when the flag says no. */
  #dropRefused(): void {
    const refusal = this.#flag?.refusal;
    if (refusal !== undefined) {
      this.#services.counters.drop(refusal, this.#queues.clear(this.#queue));
      this.#urgent = this.#inFlight?.batch.length ?? 0;
      this.#nextSend.cancel();
    }
  }

  #onCredentials(): void {
    if (this.#pause.onCredentials()) {
      this.#schedule();
    }
  }
}

type FinalResult = Extract<ExportResult, { outcome: 'success' | 'terminal' }>;
type ReturnedResult = Exclude<ExportResult, FinalResult>;

function isFinal(result: ExportResult): result is FinalResult {
  return result.outcome === 'success' || result.outcome === 'terminal';
}
