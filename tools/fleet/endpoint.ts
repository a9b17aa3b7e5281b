import type { HttpRequest, Transport } from '../../src/exporter/transport.js';
import { FLAG_NAME } from '../../test/support/local-databricks/index.js';
import type { SimulatedRuntime } from '../../test/support/simulatedRuntime.js';
import { CountsBySecond } from './counts.js';

/** Milliseconds on the way, each way. */
const SHORTEST_WAY_MS = 10;
const LONGEST_WAY_MS = 30;
/** Who would have to wait longer for its turn gets a 503 at once. */
const LONGEST_QUEUE_MS = 1_000;

/** The requests for one thing. */
export class Traffic {
  readonly requests = new CountsBySecond();
  /** Those that were answered by anything but 200. */
  readonly refused = new CountsBySecond();
}

/** What all requests get while the host is not well. */
export interface Outage {
  readonly status: number;
  /** Milliseconds, by the time at which the request arrives. */
  readonly retryAfterMs?: (now: number) => number;
}

/** What the endpoint tells of the requests for the flag. */
export interface FlagAsked {
  readonly at: number;
  readonly answered: 'enabled' | 'disabled' | 'refused';
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly text: string;
}

/** One workspace for the whole fleet. It takes so many requests per second, and answers 503 beyond that. */
export class SimulatedEndpoint {
  readonly flag = new Traffic();
  readonly export = new Traffic();
  outage: Outage | undefined = undefined;
  isEnabled = true;
  readonly #runtime: SimulatedRuntime;
  readonly #capacity: number;
  readonly #ttlSeconds: number;
  #freeAt = 0;

  /** @param capacity requests per second */
  constructor(runtime: SimulatedRuntime, { capacity, ttlSeconds }: { capacity: number; ttlSeconds: number }) {
    this.#runtime = runtime;
    this.#capacity = capacity;
    this.#ttlSeconds = ttlSeconds;
  }

  /** The way of one process to it. */
  transport(onFlagAsked: (asked: FlagAsked) => void): Transport {
    return {
      send: (request, signal) =>
        new Promise((resolve) => {
          const abort = (): void => resolve({ kind: 'aborted' });
          signal.addEventListener('abort', abort, { once: true });
          const done = ({ status, retryAfterMs, text }: Answer): void => {
            signal.removeEventListener('abort', abort);
            resolve({ kind: 'response', status, retryAfterMs, body: { kind: 'text', text } });
          };
          this.#runtime.startTimer(this.#wayMs(), () => this.#arrive(request, done, onFlagAsked));
        }),
      close: async () => undefined,
    };
  }

  #wayMs(): number {
    return SHORTEST_WAY_MS + (LONGEST_WAY_MS - SHORTEST_WAY_MS) * this.#runtime.random();
  }

  #arrive(
    { method }: HttpRequest,
    done: (answer: Answer) => void,
    onFlagAsked: (asked: FlagAsked) => void,
  ): void {
    const now = this.#runtime.now();
    const isFlag = method === 'GET';
    const { queueMs, status } = this.#admit(now);
    const { requests, refused } = isFlag ? this.flag : this.export;
    requests.add(now);
    if (status !== 200) {
      refused.add(now);
    }
    if (isFlag) {
      onFlagAsked({
        at: now,
        answered: status !== 200 ? 'refused' : this.isEnabled ? 'enabled' : 'disabled',
      });
    }
    const answer: Answer = {
      status,
      retryAfterMs: status === this.outage?.status ? this.outage.retryAfterMs?.(now) : undefined,
      text: isFlag ? this.#flags() : '{}',
    };
    this.#runtime.startTimer(queueMs + this.#wayMs(), () => done(answer));
  }

  #admit(now: number): { readonly queueMs: number; readonly status: number } {
    if (this.outage !== undefined) {
      return { queueMs: 0, status: this.outage.status };
    }
    const queueMs = Math.max(this.#freeAt - now, 0);
    if (queueMs > LONGEST_QUEUE_MS) {
      return { queueMs: 0, status: 503 };
    }
    this.#freeAt = now + queueMs + 1_000 / this.#capacity;
    return { queueMs, status: 200 };
  }

  #flags(): string {
    const flags = [{ name: FLAG_NAME, value: String(this.isEnabled) }];
    return JSON.stringify({ flags, ttl_seconds: this.#ttlSeconds });
  }
}
