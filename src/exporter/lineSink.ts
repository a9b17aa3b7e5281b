import { appendFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { linkAbort, wait, within } from './waiting.js';

/** `busy`: nothing was written, as too much is waiting already. */
export type WriteOutcome = 'written' | 'busy' | 'failed' | 'aborted';

/** Where lines of text go. Its failures are outcomes, never rejections. */
export interface LineSink {
  write(line: string, signal: AbortSignal): Promise<WriteOutcome>;
}

/** How long a full or slow sink is waited for. */
const MAX_WAIT_MS = 5_000;
/** Lines that wait for a file at one time. */
const MAX_PENDING_LINES = 16;
const OWNER_ONLY = 0o600;

/** Lines to a stream of somebody else's: never ended here, never filled beyond its own limit by more than a line. */
export class StreamLines implements LineSink {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Each write hears of its own failure; an error without a listener would end the process.
    stream.on('error', () => {});
  }

  async write(line: string, signal: AbortSignal): Promise<WriteOutcome> {
    await this.#drained(signal);
    if (signal.aborted) {
      return 'aborted';
    }
    if (!this.#stream.writable) {
      return 'failed';
    }
    if (this.#stream.writableNeedDrain) {
      return 'busy';
    }
    // Once the stream has it, a line counts as written unless it turns out not to be: it may still get there.
    return (await within(this.#put(line), signal, MAX_WAIT_MS)) ?? 'written';
  }

  /** Resolves when the stream takes more, is of no use any more, or has been waited for long enough. */
  async #drained(signal: AbortSignal): Promise<void> {
    const limit = linkAbort([signal], MAX_WAIT_MS);
    // Who is first after a drain may fill it again.
    while (this.#stream.writable && this.#stream.writableNeedDrain && !limit.signal.aborted) {
      const change = new AbortController();
      const changed = () => change.abort();
      this.#stream.once('drain', changed).once('close', changed);
      const either = linkAbort([limit.signal, change.signal]);
      await wait(MAX_WAIT_MS, either.signal);
      either.dispose();
      this.#stream.off('drain', changed).off('close', changed);
    }
    limit.dispose();
  }

  #put(line: string): Promise<WriteOutcome> {
    return new Promise((resolve) => {
      try {
        this.#stream.write(line, (error) => resolve(error ? 'failed' : 'written'));
      } catch {
        resolve('failed');
      }
    });
  }
}

/** Lines to the end of a file, one after the other. */
export class FileLines implements LineSink {
  readonly #path: string;
  #last: Promise<WriteOutcome> = Promise.resolve('written');
  #pending = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async write(line: string, signal: AbortSignal): Promise<WriteOutcome> {
    if (this.#pending >= MAX_PENDING_LINES) {
      return 'busy';
    }
    this.#last = this.#append(this.#last, line);
    return (await within(this.#last, signal, MAX_WAIT_MS)) ?? 'written';
  }

  async #append(before: Promise<unknown>, line: string): Promise<WriteOutcome> {
    this.#pending++;
    await before;
    try {
      await appendFile(this.#path, line, { mode: OWNER_ONLY });
      return 'written';
    } catch {
      return 'failed';
    } finally {
      this.#pending--;
    }
  }
}
