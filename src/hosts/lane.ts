import type { ConnectionHandle } from '../context.js';
import type { ExportDestination, ExportResult, HostExporter } from '../exporter/contract.js';
import type { OperationRecord } from '../records.js';
import { type Background, debug, monotonicNow } from './background.js';
import type { Counters, DropReason } from './counters.js';
import type { FeatureFlag, FlagMember } from './featureFlag.js';
import type { HostQueue } from './hostQueue.js';
import { Pause } from './pause.js';
import type { Batch, RecordQueue } from './recordQueue.js';
import type { Sender, SendOrder } from './sendOrder.js';
import { Wakeup } from './wakeup.js';

/** How long a lane without connections is kept, and with it the flag and the breaker of its host. */
export const LINGER_MS = 60_000;
/** Flushes that are asked for are at least this far apart: failing statements ask for one each. */
export const FLUSH_GAP_MS = 1_000;

/** A lane's credentials follow its connections. */
export interface ConnectionFollower {
  attach(handle: ConnectionHandle): void;
  detach(handle: ConnectionHandle): void;
}

/** What a lane has from its host. */
export interface LaneServices {
  readonly options: { readonly batchSize: number; readonly flushIntervalMs: number };
  readonly exporter: HostExporter;
  readonly queues: HostQueue;
  readonly sendOrder: SendOrder;
  readonly background: Background;
  readonly counters: Counters;
  /** A batch is through, or back: whoever waits for a flush may look again. */
  readonly onSettled: () => void;
  /** The lane has had no connection for a while and has nothing to send. */
  readonly onIdle: (lane: Lane) => void;
}

interface InFlight {
  readonly batch: Batch;
  readonly sentAt: number;
  readonly abort: AbortController;
}

/**
 * The records that may share a request, and their way out: batched, one request at a time, waiting where
 * the server or the breaker asks for it.
 */
export class Lane implements Sender, FlagMember {
  readonly key: string;
  readonly destination: ExportDestination;
  readonly #services: LaneServices;
  readonly #follower: ConnectionFollower;
  /** Whose answer decides; `undefined` if telemetry is forced. */
  readonly #flag: FeatureFlag | undefined;
  readonly #queue: RecordQueue;
  readonly #pause: Pause;
  readonly #nextSend: Wakeup;
  readonly #nextFlush: Wakeup;
  readonly #lingerEnd: Wakeup;
  #connections = 0;
  #inFlight: InFlight | undefined;
  /** How many records, those in flight included, are to leave without waiting for a batch to fill. */
  #urgent = 0;
  #hasSent = false;
  #flushedAt = Number.NEGATIVE_INFINITY;
  /** Why records are not kept, if they are not. */
  #refusal: DropReason | undefined;
  #isClosed = false;

  constructor(
    key: string,
    destination: ExportDestination,
    follower: ConnectionFollower,
    flag: FeatureFlag | undefined,
    services: LaneServices,
  ) {
    const { background, options, queues } = services;
    this.key = key;
    this.destination = destination;
    this.#services = services;
    this.#follower = follower;
    this.#flag = flag;
    this.#queue = queues.open();
    this.#pause = new Pause(options.flushIntervalMs);
    this.#nextSend = new Wakeup(background, () => this.#onSendDue());
    this.#nextFlush = new Wakeup(background, () => this.flush());
    this.#lingerEnd = new Wakeup(background, () => this.#onLingerEnd());
    this.#refusal = flag?.refusal;
    flag?.join(this);
    destination.credentials.onChange(() => background.run(() => this.#onCredentials()));
  }

  get connections(): number {
    return this.#connections;
  }

  get isIdle(): boolean {
    return this.#connections === 0 && this.#queue.length === 0 && this.#inFlight === undefined;
  }

  get isPaused(): boolean {
    return this.#pause.isActive;
  }

  attach(handle: ConnectionHandle): void {
    this.#lingerEnd.cancel();
    this.#follower.attach(handle);
    this.#connections++;
    if (this.#connections === 1) {
      this.#flag?.retain();
    }
  }

  /** The last connection that leaves has what is queued sent, in the background. */
  detach(handle: ConnectionHandle): void {
    if (this.#isClosed) {
      return;
    }
    this.#follower.detach(handle);
    this.#connections--;
    if (this.#connections === 0) {
      this.#flag?.release();
      this.#lingerEnd.in(LINGER_MS);
      this.#hurry();
    }
  }

  /** The hot path: no closure, no promise, no object. */
  enqueue(record: OperationRecord): void {
    if (this.#refusal !== undefined) {
      this.#services.counters.drop(this.#refusal, 1);
      return;
    }
    this.#services.queues.push(this.#queue, record);
    const { length } = this.#queue;
    if (length === 1 || length === this.#services.options.batchSize) {
      this.#schedule();
    }
  }

  /** Sends what is queued soon; how soon depends on when that was asked for last. */
  flush(): void {
    const now = monotonicNow();
    if (this.#isClosed || now < this.#flushedAt + FLUSH_GAP_MS) {
      this.#nextFlush.at(this.#flushedAt + FLUSH_GAP_MS);
      return;
    }
    this.#flushedAt = now;
    this.#hurry();
  }

  /** Sends what is queued now, and tries again even though a try has just failed. */
  flushNow(): void {
    this.#pause.cutShort();
    this.#hurry();
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
    const { exporter, options, queues } = this.#services;
    const batch = queues.take(this.#queue, options.batchSize);
    if (batch.records.length === 0) {
      this.#urgent = 0;
      return false;
    }
    const inFlight = { batch, sentAt: monotonicNow(), abort: new AbortController() };
    this.#inFlight = inFlight;
    this.#hasSent = true;
    this.#nextSend.cancel();
    exporter.export(batch.records, this.destination, inFlight.abort.signal).then(
      (result) => this.#onResult(inFlight, result),
      (error) => this.#onResult(inFlight, { outcome: 'terminal', error: String(error), pauseMs: 0 }),
    );
    return true;
  }

  flagChanged(): void {
    if (this.#isClosed) {
      return;
    }
    this.#refusal = this.#flag?.refusal;
    this.#dropRefused();
    this.#schedule();
  }

  /** Later records are dropped for this reason; what is queued may still be sent. */
  refuse(reason: DropReason): void {
    this.#refusal = reason;
  }

  /**
   * Drops what is left. Idempotent.
   *
   * @param reason of what is queued or in flight
   * @param laterReason of what comes later
   */
  close(reason: DropReason, laterReason: DropReason): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#refusal = laterReason;
    for (const wakeup of [this.#nextSend, this.#nextFlush, this.#lingerEnd]) {
      wakeup.cancel();
    }
    const { counters, queues, sendOrder } = this.#services;
    sendOrder.withdraw(this);
    counters.drop(reason === 'shutdown' && this.#flag?.state === 'unknown' ? 'flag_unknown' : reason, queues.close(this.#queue));
    this.#flag?.leave(this);
    const inFlight = this.#inFlight;
    if (inFlight !== undefined) {
      this.#inFlight = undefined;
      queues.settle(inFlight.batch);
      counters.drop(reason, inFlight.batch.records.length);
      inFlight.abort.abort();
      sendOrder.finished();
    }
  }

  get #mayExport(): boolean {
    return !this.#isClosed && (this.#flag === undefined || this.#flag.state === 'enabled');
  }

  get #isDue(): boolean {
    return (
      this.#urgent > 0 || this.#connections === 0 || this.#queue.length >= this.#services.options.batchSize
    );
  }

  /** What is queued leaves as soon as it may. */
  #hurry(): void {
    this.#urgent = this.#queue.length + (this.#inFlight?.batch.records.length ?? 0);
    this.#schedule();
  }

  /** Sees to it that what is queued is sent at its time. */
  #schedule(): void {
    if (this.#queue.length === 0 || this.#inFlight !== undefined || !this.#mayExport) {
      return;
    }
    const delay = this.#isDue ? 0 : this.#flushDelay();
    this.#nextSend.at(Math.max(monotonicNow() + delay, this.#pause.end));
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

  #onResult(inFlight: InFlight, result: ExportResult): void {
    if (this.#inFlight !== inFlight) {
      return;
    }
    this.#inFlight = undefined;
    if (isOver(result)) {
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

  #settle(batch: Batch, result: OverResult): void {
    const { counters, queues } = this.#services;
    queues.settle(batch);
    this.#urgent = Math.min(Math.max(0, this.#urgent - batch.records.length), this.#queue.length);
    if (result.outcome === 'success') {
      counters.exported += result.accepted;
      counters.reject(result.rejected);
      this.#pause.onSuccess();
    } else {
      debug(`a batch was refused: ${result.error}`);
      counters.drop('terminal', batch.records.length);
      this.#pause.onTerminal(result.pauseMs);
    }
  }

  /** Back to the head; the batch has waited for its turn already, so it leaves as soon as it may. */
  #putBack(inFlight: InFlight, result: ReturnedResult): void {
    const { queues, sendOrder } = this.#services;
    queues.putBack(this.#queue, inFlight.batch);
    this.#urgent = Math.min(Math.max(this.#urgent, inFlight.batch.records.length), this.#queue.length);
    this.#dropRefused();
    if (result.outcome === 'blocked') {
      sendOrder.block(result.retryInMs);
    } else if (result.outcome === 'unauthorized') {
      this.#pause.onUnauthorized(result.pauseMs, inFlight.sentAt);
    } else {
      this.#pause.onRetryable(result.outcome === 'retryable' ? result.retryAfterMs : undefined);
    }
  }

  /** What waited for the flag is dropped when that says no. */
  #dropRefused(): void {
    const refusal = this.#flag?.refusal;
    if (refusal !== undefined) {
      this.#services.counters.drop(refusal, this.#services.queues.clear(this.#queue));
      this.#urgent = Math.min(this.#urgent, this.#inFlight?.batch.records.length ?? 0);
    }
  }

  #onCredentials(): void {
    this.#pause.onCredentials();
    this.#nextSend.cancel();
    this.#schedule();
  }

  #onLingerEnd(): void {
    if (this.isIdle) {
      this.#services.onIdle(this);
    } else {
      this.#lingerEnd.in(LINGER_MS);
    }
  }
}

type OverResult = Extract<ExportResult, { outcome: 'success' | 'terminal' }>;
type ReturnedResult = Exclude<ExportResult, OverResult>;

function isOver(result: ExportResult): result is OverResult {
  return result.outcome === 'success' || result.outcome === 'terminal';
}
