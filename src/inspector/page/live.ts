import type { OperationDetail, OperationSummary, ServerEvents, StateView } from '../model.js';

/** `full`: too many pages are open; `ended`: nothing more will come. */
export type Connection = 'connecting' | 'live' | 'lost' | 'ended' | 'full';

/** What the page knows. */
export interface Known {
  readonly connection: Connection;
  readonly state: StateView | undefined;
  /** Newest first. */
  readonly operations: readonly OperationSummary[];
}

const MAX_OPERATIONS = 500;
/** Details that are fetched before anybody asks, so that they are there when the program has ended. */
const MAX_DETAILS = 200;
const PREFETCH_INTERVAL_MS = 100;

/** Follows the program, and keeps what it has shown when the program has ended. */
export class Live {
  #known: Known = { connection: 'connecting', state: undefined, operations: [] };
  readonly #details = new Map<number, OperationDetail>();
  readonly #onChange: (known: Known) => void;
  readonly #events = new EventSource('events');
  #wasOpen = false;
  #prefetchTimer: ReturnType<typeof setTimeout> | undefined = undefined;

  constructor(onChange: (known: Known) => void) {
    this.#onChange = onChange;
    this.#on('snapshot', ({ state, operations }) => {
      this.#details.clear();
      this.#set({ connection: 'live', state, operations: [...operations].reverse() });
      this.#prefetchSoon();
    });
    this.#on('state', (state) => this.#set({ connection: 'live', state }));
    this.#on('operations', (changed) => this.#takeIn(changed));
    this.#on('end', () => this.#end());
    this.#events.addEventListener('open', () => {
      this.#wasOpen = true;
    });
    this.#events.addEventListener('error', () => this.#onError());
  }

  /** @returns the detail as it is now, or as it last was; `undefined` if it can't be had */
  async detail(summary: OperationSummary): Promise<OperationDetail | undefined> {
    const kept = this.#details.get(summary.id);
    const isCurrent = kept !== undefined && kept.summary.state === summary.state && isSettled(summary);
    return isCurrent ? kept : ((await this.#fetchDetail(summary.id)) ?? kept);
  }

  #on<Name extends keyof ServerEvents>(name: Name, handle: (data: ServerEvents[Name]) => void): void {
    this.#events.addEventListener(name, (event) => {
      handle(JSON.parse((event as MessageEvent<string>).data) as ServerEvents[Name]);
    });
  }

  #takeIn(changed: readonly OperationSummary[]): void {
    const ids = new Set(changed.map(({ id }) => id));
    const kept = this.#known.operations.filter(({ id }) => !ids.has(id));
    const operations = [...kept, ...changed].sort((a, b) => b.id - a.id).slice(0, MAX_OPERATIONS);
    this.#set({ connection: 'live', operations });
    this.#prefetchSoon();
  }

  #onError(): void {
    if (this.#events.readyState !== EventSource.CLOSED) {
      this.#set({ connection: this.#wasOpen ? 'lost' : 'connecting' });
    } else if (this.#wasOpen) {
      this.#end();
    } else {
      this.#set({ connection: 'full' });
    }
  }

  #end(): void {
    this.#events.close();
    this.#set({ connection: 'ended' });
  }

  #set(changes: Partial<Known>): void {
    this.#known = { ...this.#known, ...changes };
    this.#onChange(this.#known);
  }

  #prefetchSoon(): void {
    this.#prefetchTimer ??= setTimeout(() => void this.#prefetch(), PREFETCH_INTERVAL_MS);
  }

  async #prefetch(): Promise<void> {
    const next = this.#known.operations
      .slice(0, MAX_DETAILS)
      .find(
        (summary) => isSettled(summary) && this.#details.get(summary.id)?.summary.state !== summary.state,
      );
    if (next !== undefined && this.#known.connection === 'live') {
      const detail = await this.#fetchDetail(next.id);
      this.#prefetchTimer = undefined;
      if (detail !== undefined) {
        this.#prefetchSoon();
      }
    } else {
      this.#prefetchTimer = undefined;
    }
  }

  async #fetchDetail(id: number): Promise<OperationDetail | undefined> {
    const detail = await fetchJson<OperationDetail>(`operation/${id}`);
    if (detail !== undefined) {
      this.#details.delete(id);
      this.#details.set(id, detail);
      const [oldest] = this.#details.keys();
      if (this.#details.size > MAX_DETAILS && oldest !== undefined) {
        this.#details.delete(oldest);
      }
    }
    return detail;
  }
}

/** @returns `undefined` if the program does not answer, or does not have it any more */
export async function fetchJson<Value>(resource: string): Promise<Value | undefined> {
  try {
    const response = await fetch(resource);
    return response.ok ? ((await response.json()) as Value) : undefined;
  } catch {
    return undefined;
  }
}

function isSettled({ state }: OperationSummary): boolean {
  return state !== 'waiting' && state !== 'retrying';
}
