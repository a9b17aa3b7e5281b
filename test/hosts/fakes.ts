import { resolveProcessorOptions } from '../../src/config.js';
import type { ConnectionRoute, CredentialHeaders } from '../../src/connectionHandle.js';
import type {
  ExportDestination,
  ExportResult,
  FlagRequest,
  FlagResult,
  HostExporter,
  RecordExporter,
} from '../../src/exporter/contract.js';
import type { Environment } from '../../src/gate/gate.js';
import { HostRegistry } from '../../src/hosts/hostRegistry.js';
import type { ConnectionLease } from '../../src/hosts/lease.js';
import { OperationRecord } from '../../src/records.js';
import type { BreakerState } from '../../src/stats.js';
import { TestConnection, type TestConnectionOptions } from '../support/connections.js';

export const ENABLED: FlagResult = { outcome: 'answer', enabled: true, ttlSeconds: 900 };
export const DISABLED: FlagResult = { outcome: 'answer', enabled: false, ttlSeconds: 900 };
export const UNAVAILABLE: FlagResult = { outcome: 'failure', error: '503' };
export const REFUSED: FlagResult = { outcome: 'unauthorized' };

export interface SentBatch {
  /** The `startTimeMs` of the records, by which tests tell them apart. */
  readonly ids: readonly number[];
  readonly destination: ExportDestination;
  readonly token: string | undefined;
  readonly at: number;
}

/** Answers as the test says; the latency is that of the fake clock. */
export class FakeHostExporter implements HostExporter {
  needsCredentials = { export: true, flag: true };
  readonly batches: SentBatch[] = [];
  readonly flagFetches: Array<{ destination: ExportDestination; token: string | undefined; at: number }> = [];
  latencyMs = 20;
  flagLatencyMs = 20;
  state: BreakerState = 'closed';
  transitions = 0;
  isClosed = false;
  inFlight = 0;
  maxInFlight = 0;
  flagsInFlight = 0;
  maxFlagsInFlight = 0;
  answer: (batch: SentBatch) => ExportResult = ({ ids }) => success(ids.length);
  answerFlag: (token: string | undefined) => FlagResult = () => ENABLED;
  readonly outcomes: Record<string, number> = {};

  async export(
    records: readonly OperationRecord[],
    destination: ExportDestination,
    credentials: CredentialHeaders | undefined,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    this.inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    const token = credentials?.['authorization'];
    const batch = { ids: records.map((record) => record.startTimeMs), destination, token, at: Date.now() };
    this.batches.push(batch);
    const completed = await pause(this.latencyMs, signal);
    this.inFlight--;
    return completed ? this.answer(batch) : { outcome: 'aborted' };
  }

  async fetchFeatureFlag(
    { destination, credentials }: FlagRequest,
    signal: AbortSignal,
  ): Promise<FlagResult> {
    const token = credentials?.['authorization'];
    this.flagFetches.push({ destination, token, at: Date.now() });
    this.flagsInFlight++;
    this.maxFlagsInFlight = Math.max(this.maxFlagsInFlight, this.flagsInFlight);
    const completed = await pause(this.flagLatencyMs, signal);
    this.flagsInFlight--;
    return completed ? this.answerFlag(token) : { outcome: 'aborted' };
  }

  breaker() {
    return { state: this.state, openSince: undefined, transitions: this.transitions };
  }

  requests() {
    return this.outcomes;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** All records in the order in which they were sent, repetitions included. */
  get ids(): number[] {
    return this.batches.flatMap(({ ids }) => ids);
  }
}

export class FakeExporter implements RecordExporter {
  readonly hosts: FakeHostExporter[] = [];
  /** Applied to each host that is opened. */
  setUp: (host: FakeHostExporter) => void = () => undefined;
  isValidHost: (host: string) => boolean = () => true;
  isSupported: (route: ConnectionRoute) => boolean = () => true;

  supportsHost(host: string): boolean {
    return this.isValidHost(host);
  }

  openHost(): HostExporter {
    const opened = new FakeHostExporter();
    this.setUp(opened);
    this.hosts.push(opened);
    return opened;
  }

  supportsRoute(route: ConnectionRoute): boolean {
    return this.isSupported(route);
  }

  get only(): FakeHostExporter {
    const [host] = this.hosts;
    if (host === undefined || this.hosts.length !== 1) {
      throw new Error(`${this.hosts.length} hosts were opened`);
    }
    return host;
  }
}

/** A registry with a fake exporter. */
export class Setup {
  readonly exporter = new FakeExporter();
  readonly registry: HostRegistry;
  #next = 1;

  constructor(
    options: Parameters<typeof resolveProcessorOptions>[0] = {},
    setUp: (host: FakeHostExporter) => void = () => undefined,
    environment: Environment = {},
  ) {
    this.exporter.setUp = setUp;
    this.registry = new HostRegistry(resolveProcessorOptions(options).hosts, {
      exporter: this.exporter,
      environment,
    });
  }

  get host(): FakeHostExporter {
    return this.exporter.only;
  }

  open(options: TestConnectionOptions = {}): { handle: TestConnection; lease: ConnectionLease } {
    const handle = new TestConnection(options);
    const lease = this.registry.acquire(handle);
    if (lease === undefined) {
      throw new Error('the connection was refused');
    }
    return { handle, lease };
  }

  /** Queues records numbered on from the last one; returns their numbers. */
  enqueue(lease: ConnectionLease, count = 1): number[] {
    const ids = Array.from({ length: count }, () => this.#next++);
    for (const id of ids) {
      lease.enqueue(new OperationRecord(id));
    }
    return ids;
  }
}

export function success(accepted: number, rejected = 0): ExportResult {
  return { outcome: 'success', accepted, rejected };
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** @returns false if it was aborted */
function pause(durationMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    }, durationMs);
    signal.addEventListener('abort', stop, { once: true });
  });
}
