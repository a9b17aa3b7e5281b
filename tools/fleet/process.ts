import { resolveProcessorOptions } from '../../src/config.js';
import { SendingExporter } from '../../src/exporter/sendingExporter.js';
import { HostRegistry } from '../../src/hosts/hostRegistry.js';
import type { ConnectionLease } from '../../src/hosts/lease.js';
import { Observation, type Observer } from '../../src/observer.js';
import { OperationRecord } from '../../src/records.js';
import type { Timer } from '../../src/runtime.js';
import { TestConnection } from '../../test/support/connections.js';
import type { SimulatedRuntime } from '../../test/support/simulatedRuntime.js';
import type { FlagAsked, SimulatedEndpoint } from './endpoint.js';

/** As the options are by default. */
const { hosts: HOST_OPTIONS, exporter: EXPORTER_OPTIONS } = resolveProcessorOptions();
/** As `shutdownTimeoutMs` is by default. */
const SHUTDOWN_MS = 2_000;

/** What the processes of a fleet share. */
export interface FleetServices {
  readonly runtime: SimulatedRuntime;
  readonly endpoint: SimulatedEndpoint;
  /** Milliseconds from one statement of a process to its next, on average. */
  readonly statementEveryMs: number;
  readonly tally: Tally;
}

/** What became of the records of all processes. */
export class Tally implements Observer {
  made = 0;
  exported = 0;
  readonly dropped = new Map<string, number>();
  #dropped = 0;

  /** Records that are neither with Databricks nor dropped. */
  get waiting(): number {
    return this.made - this.exported - this.#dropped;
  }

  onRequest({ accepted, records }: Parameters<Observer['onRequest']>[0]): void {
    this.exported += accepted ? records.length : 0;
  }

  onDropped(records: readonly OperationRecord[], reason: string): void {
    this.#dropped += records.length;
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + records.length);
  }

  onQueued(): void {}

  onOperation(): void {}

  onOperationSkipped(): void {}
}

/** One program: the real rooms of hosts and exporter, one connection, and statements that come by chance. */
export class SimulatedProcess {
  /** The shortest time between two questions for the flag, of which the first was answered by off. */
  shortestOffGapMs = Number.POSITIVE_INFINITY;
  readonly #services: FleetServices;
  readonly #registry: HostRegistry;
  readonly #lease: ConnectionLease | undefined;
  #nextStatement: Timer | undefined = undefined;
  #offSince: number | undefined = undefined;

  constructor(services: FleetServices) {
    const { runtime, endpoint, tally } = services;
    this.#services = services;
    const transport = endpoint.transport((asked) => this.#onFlagAsked(asked));
    const exporter = new SendingExporter(EXPORTER_OPTIONS, { runtime, createTransport: () => transport });
    const observation = new Observation();
    observation.observer = tally;
    this.#registry = new HostRegistry(HOST_OPTIONS, { exporter, runtime, environment: {}, observation });
    this.#lease = this.#registry.acquire(new TestConnection());
    this.#scheduleStatement();
  }

  /** Ends it, as `shutdown()` does. */
  async stop(): Promise<void> {
    this.#services.runtime.stopTimer(this.#nextStatement);
    this.#lease?.release();
    await this.#registry.shutdown(SHUTDOWN_MS);
  }

  #scheduleStatement(): void {
    const { runtime, statementEveryMs, tally } = this.#services;
    const waitMs = -Math.log(1 - runtime.random()) * statementEveryMs;
    this.#nextStatement = runtime.startTimer(waitMs, () => {
      tally.made++;
      this.#lease?.enqueue(new OperationRecord(runtime.epochNow()));
      this.#scheduleStatement();
    });
  }

  #onFlagAsked({ at, answered }: FlagAsked): void {
    if (this.#offSince !== undefined) {
      this.shortestOffGapMs = Math.min(this.shortestOffGapMs, at - this.#offSince);
    }
    this.#offSince = answered === 'disabled' ? at : undefined;
  }
}
