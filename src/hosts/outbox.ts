import { Wakeup } from '../background.js';
import type { Sender } from '../credentials/credentials.js';
import type { Flag } from '../gate/flag.js';
import type { RecordQueue } from '../queue/recordQueue.js';
import type { OperationRecord } from '../records.js';
import type { DropReason } from '../stats.js';
import { type Delivered, Delivery, type DeliveryServices } from './delivery.js';
import type { SendOrder, TurnTaker } from './sendOrder.js';
import { Signal } from './timeLimit.js';

/** What an outbox has from its host. */
export interface OutboxServices extends DeliveryServices {
  readonly sendOrder: SendOrder;
}

/** Where the records go, as whom, and whether they may. */
export interface OutboxIdentity extends Sender {
  readonly flag: Flag;
}

/** The records of one lane: queued, and sent when a batch is full, the interval is over, or somebody asks. */
export class Outbox implements TurnTaker {
  /** Nobody fills it any more: what is in it, or comes late, is not kept until a batch is full. */
  isUnattended = true;
  readonly #services: OutboxServices;
  readonly #identity: OutboxIdentity;
  readonly #flag: Flag;
  readonly #queue: RecordQueue;
  readonly #delivery: Delivery;
  readonly #nextSend: Wakeup;
  readonly #stopListening: () => void;
  /** How many records, those in flight included, are to leave without waiting for a batch to fill. */
  #urgent = 0;
  #hasSent = false;
  #isAskingFlag = false;
  #flush: Signal | undefined = undefined;
  /** Monotonic time until when an answer about the flag is worth waiting for. */
  #flushUntil = Number.NEGATIVE_INFINITY;
  /** Why records are not kept, if they are not. */
  #refusal: DropReason | undefined = undefined;
  #isClosed = false;

  constructor(identity: OutboxIdentity, services: OutboxServices) {
    const { background, queues } = services;
    this.#services = services;
    this.#identity = identity;
    this.#flag = identity.flag;
    this.#queue = queues.open(() => (this.#flag.isUnknown ? 'flag_unknown' : 'expired'));
    this.#delivery = new Delivery(identity, this.#queue, services, (delivered) => this.#onDone(delivered));
    this.#nextSend = new Wakeup(background, () => this.#onSendDue());
    this.#stopListening = identity.credentials.listen(() => background.run(() => this.#schedule()));
  }

  get queued(): number {
    return this.#queue.length;
  }

  get inFlight(): number {
    return this.#delivery.inFlight;
  }

  /** Whether it waits after a failure of its own, or for credentials. */
  get isPaused(): boolean {
    return this.#delivery.possibleAt > this.#services.background.now();
  }

  /** The hot path: no closure, no promise, no object. */
  enqueue(record: OperationRecord): void {
    const refusal = this.#refusal ?? this.#flag.refusal;
    if (refusal !== undefined) {
      this.#services.counters.dropOne(refusal, record);
      return;
    }
    this.#services.counters.queued(record);
    this.#services.queues.push(this.#queue, record);
    const { length } = this.#queue;
    if (length === 1 || length === this.#delivery.limit) {
      this.#schedule();
    }
  }

  /**
   * Sends what is queued now, even though a try has just failed. Resolves when that is done with, or can't be sent
   * for now: behind an open breaker, in a pause, without credentials.
   *
   * @param until monotonic time up to which it waits for a first answer about the flag
   */
  flushNow(until: number): Promise<void> {
    this.#delivery.cutShort();
    this.#flag.hurry();
    this.#flushUntil = until;
    this.hurry();
    if (this.#isFlushing) {
      this.#flush ??= new Signal();
    }
    this.#settleFlush();
    return this.#flush?.promise ?? Promise.resolve();
  }

  /** What is queued leaves as soon as it may. */
  hurry(): void {
    this.#urgent = this.#queue.length + this.#delivery.inFlight;
    this.#schedule();
  }

  /** Its turn at the host. */
  takeTurn(): boolean {
    if (this.#isClosed || this.isPaused) {
      this.#schedule();
      return false;
    }
    if (this.#flag.answer !== 'enabled') {
      // The answer grew too old while this waited for its turn.
      this.#advance();
      return false;
    }
    if (this.#delivery.start()) {
      this.#hasSent = true;
      this.#nextSend.cancel();
      return true;
    }
    this.#urgent = this.#delivery.inFlight;
    this.#settleFlush();
    return false;
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
    const { counters, queues, sendOrder } = this.#services;
    this.#isClosed = true;
    this.#refusal = laterReason;
    this.#nextSend.cancel();
    this.#stopListening();
    sendOrder.withdraw(this);
    const isUnknown = reason === 'shutdown' && this.#flag.isUnknown;
    counters.drop(isUnknown ? 'flag_unknown' : reason, queues.close(this.#queue));
    if (this.#delivery.close(reason)) {
      sendOrder.finished();
    }
    this.#urgent = 0;
    this.#settleFlush();
  }

  get #isDue(): boolean {
    return this.#urgent > 0 || this.isUnattended || this.#queue.length >= this.#delivery.limit;
  }

  /** Whether records that were to be flushed are still on their way, and can be sent for now. */
  get #isFlushing(): boolean {
    if (this.#urgent === 0 || this.#delivery.inFlight > 0) {
      return this.#urgent > 0;
    }
    if (this.#queue.length === 0 || this.isPaused || this.#services.sendOrder.isBlocked) {
      return false;
    }
    return !this.#flag.isUnknown || this.#flag.isAnswerNear(this.#identity, this.#flushUntil);
  }

  #settleFlush(): void {
    if (this.#flush !== undefined && !this.#isFlushing) {
      this.#flush.resolve();
      this.#flush = undefined;
    }
  }

  /** Sees to it that what is queued is sent at its time. */
  #schedule(): void {
    if (this.#queue.length > 0 && this.#delivery.inFlight === 0 && !this.#isAskingFlag && !this.#isClosed) {
      const delay = this.#isDue ? 0 : this.#flushDelay();
      this.#nextSend.at(Math.max(this.#services.background.now() + delay, this.#delivery.possibleAt));
    }
  }

  /** The first flush falls anywhere in the interval, so that processes that start together spread out. */
  #flushDelay(): number {
    const { background, options } = this.#services;
    return this.#hasSent ? options.flushIntervalMs : background.random() * options.flushIntervalMs;
  }

  #onSendDue(): void {
    if (this.isPaused) {
      this.#schedule();
      return;
    }
    this.#urgent = Math.max(this.#urgent, this.#queue.length);
    this.#advance();
  }

  /** Something is due: first the flag is asked, then it is the host's turn. */
  #advance(): void {
    const { answer } = this.#flag;
    if (answer === 'enabled') {
      this.#services.sendOrder.request(this);
    } else if (answer === 'disabled') {
      this.#dropDisabled();
    } else if (!this.#isAskingFlag) {
      void this.#ask();
    }
  }

  async #ask(): Promise<void> {
    this.#isAskingFlag = true;
    const nextTry = await this.#flag.ask(this.#identity);
    this.#isAskingFlag = false;
    if (this.#isClosed) {
      return;
    }
    if (nextTry === undefined) {
      this.#advance();
    } else {
      this.#nextSend.at(nextTry);
    }
    this.#settleFlush();
  }

  #dropDisabled(): void {
    const { counters, queues } = this.#services;
    counters.drop('flag_disabled', queues.clear(this.#queue));
    this.#urgent = this.#delivery.inFlight;
    this.#nextSend.cancel();
    this.#settleFlush();
  }

  #onDone({ settled, returned, blockMs }: Delivered): void {
    const { sendOrder } = this.#services;
    // What is back has waited for its turn already.
    this.#urgent = Math.min(Math.max(returned, this.#urgent - settled), this.#queue.length);
    if (blockMs !== undefined) {
      sendOrder.block(blockMs);
      this.#flag.postpone(blockMs);
    }
    sendOrder.finished();
    if (this.#queue.length > 0 && this.#isDue && !this.isPaused) {
      this.#advance();
    } else {
      this.#schedule();
    }
    this.#settleFlush();
  }
}
