import type { Writable } from 'node:stream';
import { linkAbort, within } from './waiting.js';

/** `busy`: nothing was written, as too much is waiting already. */
export type WriteOutcome = 'written' | 'busy' | 'failed' | 'aborted';

/** Where lines of text go. Its failures are outcomes, never rejections. */
export interface LineSink {
  write(line: string, signal: AbortSignal): Promise<WriteOutcome>;
}

/** How long a full or slow sink is waited for. */
export const MAX_WAIT_MS = 5_000;

/** Lines to a stream of somebody else's: never ended here, never filled beyond its own limit by more than a line. */
export class StreamLines implements LineSink {
  readonly #stream: Writable;
  #changing: Promise<void> | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Each write hears of its own failure; an error without a listener would end the process.
    stream.on('error', () => {});
  }

  async write(line: string, signal: AbortSignal): Promise<WriteOutcome> {
    const limit = linkAbort([signal], MAX_WAIT_MS);
    try {
      // Who is first after a drain may fill it again.
      while (this.#stream.writable && this.#stream.writableNeedDrain && !limit.signal.aborted) {
        await within(this.#change(), limit.signal, MAX_WAIT_MS);
      }
    } finally {
      limit.dispose();
    }
    if (limit.signal.aborted) {
      return limit.timedOut() ? 'busy' : 'aborted';
    }
    if (!this.#stream.writable) {
      return 'failed';
    }
    // Once the stream has it, a line counts as written unless it turns out not to be: it may still get there.
    return (await within(this.#put(line), signal, MAX_WAIT_MS)) ?? 'written';
  }

  /** Resolves when the stream takes more, or is of no use any more. All who wait share it. */
  #change(): Promise<void> {
    this.#changing ??= new Promise((resolve) => {
      const changed = () => {
        this.#stream.off('drain', changed).off('close', changed);
        this.#changing = undefined;
        resolve();
      };
      this.#stream.on('drain', changed).on('close', changed);
    });
    return this.#changing;
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
