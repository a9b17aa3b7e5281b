import { type LineSink, MAX_WAIT_MS, type WriteOutcome } from './lineSink.js';
import { openOwnedFile, prepareOwnedFile } from './ownedFile.js';
import { within } from './waiting.js';

/** Lines that wait for a file at one time. */
const MAX_PENDING_LINES = 16;

/** Lines to the end of a file of the owner's, one after the other. */
export class FileLines implements LineSink {
  readonly #path: string;
  #last: Promise<WriteOutcome> = Promise.resolve('written');
  #pending = 0;

  /** @throws Error with the path, if the file can't be written or is not its owner's alone */
  constructor(path: string) {
    this.#path = path;
    prepareOwnedFile(path);
  }

  async write(line: string, signal: AbortSignal): Promise<WriteOutcome> {
    if (this.#pending >= MAX_PENDING_LINES) {
      return 'busy';
    }
    this.#last = this.#append(this.#last, line);
    return (await within(this.#last, signal, MAX_WAIT_MS)) ?? 'written';
  }

  /** Opens and checks anew each time: the file may have been rotated, or exchanged for another. */
  async #append(before: Promise<unknown>, line: string): Promise<WriteOutcome> {
    this.#pending++;
    await before;
    try {
      const file = await openOwnedFile(this.#path);
      try {
        await file.appendFile(line);
      } finally {
        await file.close();
      }
      return 'written';
    } catch {
      return 'failed';
    } finally {
      this.#pending--;
    }
  }
}
