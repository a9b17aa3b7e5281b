import { resolveProcessorOptions } from '../../src/config.js';
import type {
  ConnectionHandle,
  ConnectionRoute,
  ConnectionTelemetryOptions,
  CredentialHeaders,
} from '../../src/context.js';
import type {
  BreakerState,
  ExportDestination,
  ExportResult,
  FlagResult,
  HostExporter,
  RecordExporter,
} from '../../src/exporter/contract.js';
import type { ConnectionLease } from '../../src/hosts/contract.js';
import type { Environment } from '../../src/hosts/gate.js';
import { HostRegistry } from '../../src/hosts/hostRegistry.js';
import { OperationRecord } from '../../src/records.js';

export const ENABLED: FlagResult = { outcome: 'answer', enabled: true, ttlSeconds: 900 };
export const DISABLED: FlagResult = { outcome: 'answer', enabled: false, ttlSeconds: 900 };
export const UNAVAILABLE: FlagResult = { outcome: 'failure', error: '503' };
export const REFUSED: FlagResult = { outcome: 'failure', error: '401' };

export interface HandleOptions {
  readonly host?: string;
  readonly port?: number;
  readonly orgId?: string | undefined;
  /** The credentials; `undefined` for none yet. */
  readonly token?: string | undefined;
  readonly identity?: string | object;
  readonly route?: Partial<ConnectionRoute>;
  readonly telemetry?: ConnectionTelemetryOptions;
  readonly driverVersion?: string;
  readonly driverProduct?: string;
}

/** A connection that a test opens and closes. */
export class FakeHandle implements ConnectionHandle {
  readonly id = 'connection';
  readonly host: string;
  readonly port: number;
  readonly orgId: string | undefined;
  readonly route: ConnectionRoute;
  readonly driverVersion: string;
  readonly driverProduct: string;
  readonly telemetry: ConnectionTelemetryOptions;
  readonly credentialIdentity: string | object;
  readonly selfReporting = false;
  served: object | undefined = undefined;
  #headers: CredentialHeaders | undefined;
  #onCredentials: Array<() => void> = [];
  #onClose: Array<() => void> = [];
  #isClosed = false;

  constructor(options: HandleOptions = {}) {
    const token = 'token' in options ? options.token : 'secret';
    this.host = options.host ?? 'dbc-1.cloud.databricks.test';
    this.port = options.port ?? 443;
    this.orgId = 'orgId' in options ? options.orgId : '123';
    this.route = { https: true, rejectUnauthorized: true, ...options.route };
    this.driverVersion = options.driverVersion ?? '2.1.0';
    this.driverProduct = options.driverProduct ?? 'NodejsDatabricksSqlConnector/2.1.0';
    this.telemetry = options.telemetry ?? {};
    this.credentialIdentity = options.identity ?? `digest of ${token}`;
    this.#headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
  }

  credentials(): CredentialHeaders | undefined {
    return this.#headers;
  }

  onCredentials(callback: () => void): void {
    this.#onCredentials.push(callback);
  }

  onClose(callback: () => void): void {
    if (this.#isClosed) {
      callback();
    } else {
      this.#onClose.push(callback);
    }
  }

  /** The driver makes a request with this token. */
  use(token: string): void {
    this.#headers = { authorization: `Bearer ${token}` };
    for (const callback of this.#onCredentials) {
      callback();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const callback of this.#onClose.splice(0)) {
      callback();
    }
  }
}

export interface SentBatch {
  /** The `startTimeMs` of the records, by which tests tell them apart. */
  readonly ids: readonly number[];
  readonly destination: ExportDestination;
  readonly token: string | undefined;
  readonly at: number;
}

/** Answers as the test says; the latency is that of the fake clock. */
export class FakeHostExporter implements HostExporter {
  readonly batches: SentBatch[] = [];
  readonly flagFetches: Array<{ destination: ExportDestination; token: string | undefined; at: number }> = [];
  latencyMs = 20;
  flagLatencyMs = 20;
  state: BreakerState = 'closed';
  transitions = 0;
  isClosed = false;
  inFlight = 0;
  maxInFlight = 0;
  answer: (batch: SentBatch) => ExportResult = ({ ids }) => success(ids.length);
  answerFlag: (token: string | undefined) => FlagResult = () => ENABLED;
  readonly outcomes: Record<string, number> = {};

  async export(
    records: readonly OperationRecord[],
    destination: ExportDestination,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    this.inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    const token = (await destination.credentials.get(signal))?.['authorization'];
    const batch = { ids: records.map((record) => record.startTimeMs), destination, token, at: Date.now() };
    this.batches.push(batch);
    const completed = await pause(this.latencyMs, signal);
    this.inFlight--;
    return completed ? this.answer(batch) : { outcome: 'aborted' };
  }

  async fetchFeatureFlag(
    destination: ExportDestination,
    _driverVersion: string,
    signal: AbortSignal,
  ): Promise<FlagResult> {
    const token = (await destination.credentials.get(signal))?.['authorization'];
    this.flagFetches.push({ destination, token, at: Date.now() });
    return (await pause(this.flagLatencyMs, signal)) ? this.answerFlag(token) : { outcome: 'aborted' };
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

  openHost(host: string): HostExporter | undefined {
    if (!this.isValidHost(host)) {
      return undefined;
    }
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
    this.registry = new HostRegistry(resolveProcessorOptions(options).hosts, this.exporter, environment);
  }

  get host(): FakeHostExporter {
    return this.exporter.only;
  }

  open(options: HandleOptions = {}): { handle: FakeHandle; lease: ConnectionLease } {
    const handle = new FakeHandle(options);
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
    const timer = setTimeout(() => resolve(true), durationMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
