import type { ServerResponse } from 'node:http';
import type { ServerEvents } from './model.js';

/** Pages that may be open at one time. */
export const MAX_STREAMS = 8;

/** The server-sent events of one open page. A page that reads too slowly misses events, and then starts anew. */
class EventStream {
  readonly #response: ServerResponse;
  readonly #snapshot: () => string;
  #isBehind = false;

  constructor(response: ServerResponse, snapshot: () => string) {
    this.#response = response;
    this.#snapshot = snapshot;
    response.on('drain', () => this.#catchUp());
    // However slowly it goes: without the snapshot a page has nothing.
    response.write(snapshot());
  }

  send(text: string): void {
    if (!this.#isBehind && this.#response.writableNeedDrain) {
      this.#isBehind = true;
    }
    if (!this.#isBehind) {
      this.#response.write(text);
    }
  }

  end(): void {
    this.#response.end();
  }

  #catchUp(): void {
    if (this.#isBehind) {
      this.#isBehind = false;
      this.#response.write(this.#snapshot());
    }
  }
}

/** All open pages. */
export class EventStreams {
  readonly #streams = new Set<EventStream>();

  get size(): number {
    return this.#streams.size;
  }

  get isFull(): boolean {
    return this.#streams.size >= MAX_STREAMS;
  }

  /**
   * @param snapshot what a page gets first, and again when it has missed something
   * @param onClose called once, when the page is gone
   */
  open(response: ServerResponse, snapshot: () => string, onClose: () => void): void {
    const stream = new EventStream(response, snapshot);
    this.#streams.add(stream);
    response.on('error', () => undefined);
    response.once('close', () => {
      this.#streams.delete(stream);
      onClose();
    });
  }

  sendAll(text: string): void {
    for (const stream of this.#streams) {
      stream.send(text);
    }
  }

  endAll(): void {
    for (const stream of this.#streams) {
      stream.end();
    }
  }
}

export function eventText<Name extends keyof ServerEvents>(name: Name, data: ServerEvents[Name]): string {
  // JSON has no line breaks, so an event is one line of data.
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
