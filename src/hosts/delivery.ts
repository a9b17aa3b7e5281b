import type { Background } from '../background.js';
import type { CredentialHeaders } from '../connectionHandle.js';
import type { Sender } from '../credentials/credentials.js';
import type { ExportResult, HostExporter } from '../exporter/contract.js';
import { logDebug } from '../log.js';
import type { HostQueue } from '../queue/hostQueue.js';
import type { RecordQueue } from '../queue/recordQueue.js';
import type { OperationRecord } from '../records.js';
import type { DropReason } from '../stats.js';
import type { Counters } from './counters.js';
import { Pause } from './pause.js';

/** What a delivery has from its host. */
export interface DeliveryServices {
  readonly options: { readonly batchSize: number; readonly flushIntervalMs: number };
  readonly exporter: HostExporter;
  readonly queues: HostQueue;
  readonly background: Background;
  readonly counters: Counters;
}

/** A batch is through, or back in its queue. */
export interface Delivered {
  /** How many records are done with, and how many are back. */
  readonly settled: number;
  readonly returned: number;
  /** For how long nothing may be sent to the host, if that is so. */
  readonly blockMs: number | undefined;
}

/**
 * Sends the batches of one lane, one at a time, and does what the answers ask for: to the records, to the lane's
 * pause and to its credentials.
 */
export class Delivery {
  readonly #services: DeliveryServices;
  readonly #sender: Sender;
  readonly #queue: RecordQueue;
  readonly #onDone: (delivered: Delivered) => void;
  readonly #pause: Pause;
  /** All requests have this one: none is stopped but by closing. */
  readonly #closed = new AbortController();
  #inFlight: readonly OperationRecord[] | undefined = undefined;
  /** Records per request: fewer than the option says after the server found a batch too large. */
  #limit: number;

  constructor(
    sender: Sender,
    queue: RecordQueue,
    services: DeliveryServices,
    onDone: (delivered: Delivered) => void,
  ) {
    const { background, options } = services;
    this.#services = services;
    this.#sender = sender;
    this.#queue = queue;
    this.#onDone = onDone;
    this.#pause = new Pause(background, options.flushIntervalMs);
    this.#limit = options.batchSize;
  }

  /** Records in the request under way. */
  get inFlight(): number {
    return this.#inFlight?.length ?? 0;
  }

  /** Records that a request may have. */
  get limit(): number {
    return this.#limit;
  }

  /** Monotonic time from which something may be sent: there are credentials then, and no pause. */
  get possibleAt(): number {
    return this.#services.exporter.needsCredentials.export
      ? Math.max(this.#pause.end, this.#sender.credentials.usableAt)
      : this.#pause.end;
  }

  /** A wait of our own choice is over. */
  cutShort(): void {
    this.#pause.cutShort();
  }

  /** @returns false if there was nothing to send, or something is under way */
  start(): boolean {
    if (this.#inFlight !== undefined || this.#closed.signal.aborted) {
      return false;
    }
    const batch = this.#services.queues.take(this.#queue, this.#limit);
    if (batch.length === 0) {
      return false;
    }
    this.#inFlight = batch;
    void this.#send(batch);
    return true;
  }

  /** Stops the request under way, and drops its records. @returns whether there was one */
  close(reason: DropReason): boolean {
    const batch = this.#inFlight;
    this.#inFlight = undefined;
    this.#closed.abort();
    if (batch !== undefined) {
      this.#services.queues.settle(batch);
      this.#services.counters.drop(reason, batch);
    }
    return batch !== undefined;
  }

  async #send(batch: readonly OperationRecord[]): Promise<void> {
    const { exporter } = this.#services;
    const { credentials, destination } = this.#sender;
    const { signal } = this.#closed;
    let headers: CredentialHeaders | undefined;
    let result: ExportResult;
    try {
      headers = exporter.needsCredentials.export ? await credentials.get(signal) : undefined;
      result =
        headers === undefined && exporter.needsCredentials.export
          ? { outcome: 'unauthorized' }
          : await exporter.export(batch, destination, headers, signal);
    } catch (error) {
      result = { outcome: 'terminal', error: String(error), pauseMs: 0 };
    }
    // A close in the meantime has counted the batch already.
    if (this.#inFlight === batch) {
      this.#inFlight = undefined;
      this.#onDone(this.#apply(result, batch, headers));
    }
  }

  #apply(
    result: ExportResult,
    batch: readonly OperationRecord[],
    headers: CredentialHeaders | undefined,
  ): Delivered {
    switch (result.outcome) {
      case 'success':
        this.#onSuccess(result.accepted, result.rejected, headers);
        return this.#settle(batch);
      case 'terminal':
        logDebug(`a batch was refused: ${result.error}`);
        this.#services.counters.drop('terminal', batch);
        this.#pause.onTerminal(result.pauseMs);
        return this.#settle(batch);
      case 'too_large':
        return this.#onTooLarge(batch);
      case 'misdirected':
        this.#pause.onMisdirected();
        return this.#putBack(batch);
      case 'unauthorized':
        if (headers !== undefined) {
          this.#sender.credentials.refuse(headers);
        }
        return this.#putBack(batch);
      case 'retryable':
        this.#pause.onRetryable();
        return this.#putBack(batch);
      case 'blocked':
        return this.#putBack(batch, result.retryInMs);
      case 'aborted':
        return this.#putBack(batch);
    }
  }

  #onSuccess(accepted: number, rejected: number, headers: CredentialHeaders | undefined): void {
    const { counters, options } = this.#services;
    counters.exported += accepted;
    counters.reject(rejected);
    this.#pause.onSuccess();
    if (headers !== undefined) {
      this.#sender.credentials.accept(headers);
    }
    this.#limit = Math.min(this.#limit + 1, options.batchSize);
  }

  #onTooLarge(batch: readonly OperationRecord[]): Delivered {
    if (batch.length === 1) {
      logDebug('a record was refused: too large');
      this.#services.counters.drop('too_large', batch);
      return this.#settle(batch);
    }
    this.#limit = Math.ceil(batch.length / 2);
    return this.#putBack(batch);
  }

  #settle(batch: readonly OperationRecord[]): Delivered {
    this.#services.queues.settle(batch);
    return { settled: batch.length, returned: 0, blockMs: undefined };
  }

  /** To the head of the queue, for its next turn. */
  #putBack(batch: readonly OperationRecord[], blockMs?: number): Delivered {
    this.#services.queues.putBack(this.#queue, batch);
    return { settled: 0, returned: batch.length, blockMs };
  }
}
