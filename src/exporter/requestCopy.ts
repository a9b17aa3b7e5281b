import { rename } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { logWarn } from '../log.js';
import type { ObservedRequest } from '../observer.js';
import type { CopyCounts } from '../stats.js';
import { openOwnedFile, prepareOwnedFile, reasonOf } from './ownedFile.js';

/** A full file becomes the one older file. 64 MiB. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** Characters that may wait for the disk; what comes then is dropped. */
const MAX_WAITING = 8 * 1024 * 1024;

/** Copies what was sent. Never in the way of sending: what can't be written at once is dropped and counted. */
export interface RequestCopy {
  add(request: ObservedRequest): void;
  counts(): CopyCounts;
  /** Resolves when all that was added is written or dropped. Never rejects. */
  flush(): Promise<void>;
  /** Nobody waits any longer: what is not written by now counts as dropped. */
  giveUp(): void;
}

/**
 * @param target path of a file, which is made for its owner only, or a stream, which is not ended
 * @throws Error with the path, if the file can't be written or others have access to it
 */
export function createRequestCopy(target: string | Writable): RequestCopy {
  return typeof target === 'string' ? new FileCopy(target) : new StreamCopy(target);
}

/**
 * The body as it was sent, with one more member at its end: when, where to, and what the answer was. So a line
 * is read as one of a dry run is, and without that member it is the body, byte for byte.
 */
export function copyLine(request: ObservedRequest): string {
  const { body, sentAt, durationMs, host, port, path, outcome, rejected } = request;
  const sent = {
    at: new Date(sentAt).toISOString(),
    durationMs,
    host,
    port,
    path,
    outcome,
    ...(rejected > 0 ? { rejected } : {}),
  };
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  return `${text.slice(0, text.lastIndexOf('}'))},"sent":${JSON.stringify(sent)}}\n`;
}

class StreamCopy implements RequestCopy {
  readonly #stream: Writable;
  #written = 0;
  #dropped = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(stream: Writable) {
    this.#stream = stream;
    // An error without a listener would end the process.
    stream.on('error', () => undefined);
  }

  add(request: ObservedRequest): void {
    try {
      if (this.#stream.writable && !this.#stream.writableNeedDrain) {
        const line = copyLine(request);
        let done: () => void = () => undefined;
        const written = new Promise<void>((resolve) => {
          done = resolve;
        });
        this.#stream.write(line, () => done());
        // It writes in order, so the last line is enough to wait for. It calls back for a failure as well.
        this.#last = written;
        this.#written++;
        return;
      }
    } catch {
      // A stream of somebody else's may do anything.
    }
    this.#dropped++;
  }

  counts(): CopyCounts {
    return { written: this.#written, dropped: this.#dropped };
  }

  /** Waits for what the stream calls written. */
  flush(): Promise<void> {
    return this.#last;
  }

  /** What the stream has is its owner's. */
  giveUp(): void {
    this.#last = Promise.resolve();
  }
}

export class FileCopy implements RequestCopy {
  readonly #path: string;
  readonly #maxBytes: number;
  #lines: string[] = [];
  #waiting = 0;
  /** Lines in the write under way that are not counted yet. */
  #underWay = 0;
  #writing: Promise<void> | undefined = undefined;
  #hasWarned = false;
  #written = 0;
  #dropped = 0;

  constructor(path: string, maxBytes: number = MAX_FILE_BYTES) {
    prepareOwnedFile(path);
    this.#path = path;
    this.#maxBytes = maxBytes;
  }

  add(request: ObservedRequest): void {
    if (this.#waiting + request.body.byteLength > MAX_WAITING) {
      this.#dropped++;
      return;
    }
    const line = copyLine(request);
    this.#lines.push(line);
    this.#waiting += line.length;
    this.#writing ??= this.#write();
  }

  counts(): CopyCounts {
    return { written: this.#written, dropped: this.#dropped };
  }

  flush(): Promise<void> {
    return this.#writing ?? Promise.resolve();
  }

  giveUp(): void {
    this.#dropped += this.#underWay + this.#lines.length;
    this.#underWay = 0;
    this.#waiting -= this.#lines.reduce((total, { length }) => total + length, 0);
    this.#lines = [];
  }

  async #write(): Promise<void> {
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      this.#lines = [];
      this.#underWay = lines.length;
      const text = lines.join('');
      try {
        await this.#append(text);
        this.#written += this.#underWay;
      } catch (error) {
        this.#dropped += this.#underWay;
        this.#warnOnce(error);
      }
      this.#underWay = 0;
      this.#waiting -= text.length;
    }
    this.#writing = undefined;
  }

  async #append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    let file = await openOwnedFile(this.#path);
    try {
      const { size } = await file.stat();
      if (size > 0 && size + bytes.length > this.#maxBytes) {
        await file.close();
        await rename(this.#path, `${this.#path}.1`);
        file = await openOwnedFile(this.#path);
      }
      await file.appendFile(bytes);
    } finally {
      await file.close();
    }
  }

  #warnOnce(error: unknown): void {
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      logWarn(`requests can't be copied to '${this.#path}': ${reasonOf(error)}`);
    }
  }
}
