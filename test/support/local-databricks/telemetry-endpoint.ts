import { BehaviourQueue, perform } from './behaviours.js';
import { type Exchange, recorded, respondJson } from './exchange.js';
import type { Pauses } from './pauses.js';
import { RequestLog, Waiters } from './request-log.js';
import type { Sockets } from './sockets.js';
import type { TelemetryLog } from './telemetry-log.js';
import type { EndpointBehaviour, PathFamily, RecordedRequest, TelemetryEndpoint } from './types.js';

const SHORT_PATHS = new Set(['/telemetry-ext', '/telemetry-unauth']);
const LONG_PREFIX = '/api/2.0/sql';
const DEFAULT_TIMEOUT_MS = 30_000;

function familyOf(path: string): 'short' | 'long' | undefined {
  const plain = path.split('?')[0] ?? '';
  if (SHORT_PATHS.has(plain)) return 'short';
  return plain.startsWith(LONG_PREFIX) && SHORT_PATHS.has(plain.slice(LONG_PREFIX.length))
    ? 'long'
    : undefined;
}

export const isTelemetryPath = (path: string): boolean => familyOf(path) !== undefined;

/** The telemetry ingest: records every request, and counts what it accepts. */
export class LocalTelemetryEndpoint implements TelemetryEndpoint {
  readonly #stage: { readonly pauses: Pauses; readonly sockets: Sockets };
  readonly #keep: boolean;
  readonly #log: RequestLog;
  readonly #behaviours = new BehaviourQueue();
  readonly #waiters = new Waiters();
  #family: PathFamily = 'short';
  #logs: TelemetryLog[] = [];
  #logCount = 0;

  constructor(stage: { readonly pauses: Pauses; readonly sockets: Sockets }, keep: boolean) {
    this.#stage = stage;
    this.#keep = keep;
    this.#log = new RequestLog(keep);
  }

  get requests(): readonly RecordedRequest[] {
    return this.#log.requests;
  }

  get requestCount(): number {
    return this.#log.count;
  }

  get logCount(): number {
    return this.#logCount;
  }

  logs(): TelemetryLog[] {
    return [...this.#logs];
  }

  answer(behaviour: EndpointBehaviour, times?: number): void {
    this.#behaviours.answer(behaviour, times);
  }

  paths(family: PathFamily): void {
    this.#family = family;
  }

  waitForRequests(n: number, timeoutMs?: number): Promise<void> {
    return this.#log.waitFor(n, timeoutMs);
  }

  async waitForLogs(n: number, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<TelemetryLog[]> {
    const describe = () => `${this.#logCount} of ${n} telemetry logs`;
    await this.#waiters.until(() => this.#logCount >= n, timeoutMs, describe);
    return this.logs();
  }

  async serve(exchange: Exchange): Promise<void> {
    const exists = this.#family === 'both' || this.#family === familyOf(exchange.path);
    const post = exchange.request.method === 'POST';
    const behaviour = exists && post ? this.#behaviours.take() : { status: exists ? 405 : 404 };
    this.#log.add(recorded(exchange));
    const sent = encodedLogs(exchange.body);
    if (sent === undefined && behaviour === 'ok') {
      return respondJson(exchange, { message: 'not a telemetry request' }, 400);
    }
    const count = acceptedCount(behaviour, sent?.length ?? 0);
    this.#accept((sent ?? []).slice(0, count));
    await perform(behaviour, exchange, () => receipt(count), this.#stage);
  }

  clear(): void {
    this.#log.clear();
    this.#behaviours.clear();
    this.#family = 'short';
    this.#logs = [];
    this.#logCount = 0;
  }

  #accept(encoded: readonly string[]): void {
    this.#logCount += encoded.length;
    if (this.#keep) for (const text of encoded) this.#logs.push(JSON.parse(text) as TelemetryLog);
    this.#waiters.notify();
  }
}

function acceptedCount(behaviour: EndpointBehaviour, sent: number): number {
  if (behaviour === 'ok') return sent;
  if (typeof behaviour === 'string') return 0;
  if ('partial' in behaviour) return Math.max(0, sent - behaviour.partial);
  return behaviour.status === 200 ? sent : 0;
}

const receipt = (numProtoSuccess: number): object => ({
  errors: [],
  numSuccess: 0,
  numProtoSuccess,
  numRealtimeSuccess: 0,
});

/** The entries of `protoLogs`, or nothing where the body is not a telemetry request. */
function encodedLogs(body: Buffer): string[] | undefined {
  try {
    const { protoLogs } = JSON.parse(body.toString('utf8')) as { protoLogs?: unknown };
    if (!Array.isArray(protoLogs)) return undefined;
    for (const text of protoLogs) JSON.parse(text);
    return protoLogs as string[];
  } catch {
    return undefined;
  }
}
