import { type Background, backgroundOf } from '../background.js';
import type { ResolvedHostOptions } from '../config.js';
import type { ConnectionHandle } from '../connectionHandle.js';
import type { RecordExporter } from '../exporter/contract.js';
import { type Environment, explainGate, type GateDecision } from '../gate/gate.js';
import { Guard } from '../guard.js';
import { logDebug } from '../log.js';
import { LossWarner } from '../lossWarner.js';
import { Observation } from '../observer.js';
import { HostQueue } from '../queue/hostQueue.js';
import type { Runtime } from '../runtime.js';
import type { ConnectionOutcome, HostsStats } from '../stats.js';
import { Counters } from './counters.js';
import { checkedConnection, Identities, laneKey, refusalOf } from './destination.js';
import type { Lane } from './lane.js';
import { type ConnectionLease, DISABLED_LEASE, Lease, type LeaseServices } from './lease.js';
import { type OpenConnection, OpenConnections } from './openConnections.js';
import { OpenHosts } from './openHosts.js';
import { TimeLimit } from './timeLimit.js';

/** Records that wait for drivers' first requests: more than a start makes that fails. */
const MAX_WAITING = 1_000;

type Refusal = Exclude<ConnectionOutcome, 'served' | 'disabled'>;

export interface RegistryServices {
  readonly exporter: RecordExporter;
  /** Counts failures of what the user gave. */
  readonly guard?: Guard;
  readonly observation?: Observation;
  /** Read whenever a connection is opened. Default: the process's. */
  readonly environment?: Environment;
  /** Default: the machine's. */
  readonly runtime?: Runtime;
}

/** All hosts of one processor. Nothing in here throws, rejects or keeps the process alive. */
export class HostRegistry {
  readonly #options: ResolvedHostOptions;
  readonly #exporter: RecordExporter;
  readonly #environment: Environment;
  readonly #guard: Guard;
  readonly #observation: Observation;
  readonly #background: Background;
  readonly #warner: LossWarner;
  readonly #counters: Counters;
  readonly #hosts: OpenHosts;
  /** What was queued before the driver's first request. */
  readonly #waiting: HostQueue;
  /** Their drivers have not sent a request yet. */
  readonly #undecided = new Set<Lease>();
  /** Connections that were refused stay so: they are asked about again with every span of theirs. */
  readonly #refused = new WeakSet<ConnectionHandle>();
  /** For the inspector. */
  readonly #open = new OpenConnections();
  readonly #identities: Identities;
  #shutdown: Promise<void> | undefined = undefined;
  #isStopping = false;

  constructor(options: ResolvedHostOptions, services: RegistryServices) {
    this.#options = options;
    this.#exporter = services.exporter;
    this.#environment = services.environment ?? process.env;
    this.#guard = services.guard ?? new Guard();
    this.#observation = services.observation ?? new Observation();
    this.#observation.connections = (max) => this.#open.latest(max);
    this.#identities = new Identities(options.tokenProvider);
    this.#background = backgroundOf(services.runtime);
    this.#warner = new LossWarner(this.#background);
    this.#counters = new Counters(this.#warner, this.#observation);
    this.#hosts = new OpenHosts(options.maxHosts, {
      options,
      exporter: this.#exporter,
      background: this.#background,
      counters: this.#counters,
      guard: this.#guard,
      observation: this.#observation,
    });
    this.#waiting = new HostQueue(
      { maxQueueSize: MAX_WAITING, maxRecordAgeMs: options.maxRecordAgeMs },
      this.#background,
      (reason, records) => this.#counters.drop(reason, records),
    );
  }

  /**
   * A connection's share in its host, opened when the driver's first request shows where that is. The lease is
   * released by the connection's close.
   *
   * @returns a lease that is not enabled if the gate says off; `undefined` for a connection that is refused
   */
  acquire(handle: ConnectionHandle): ConnectionLease | undefined {
    try {
      return this.#refused.has(handle) ? undefined : this.#acquire(handle);
    } catch (error) {
      logDebug('connection refused_handle', error);
      return this.#refuse(handle, 'refused_handle');
    }
  }

  /**
   * Sends what is queued, and waits for it, for what is in flight, and for a first answer about the flag. Does not
   * wait for what can't be sent now: behind an open breaker, in a paused lane, without credentials.
   */
  async forceFlush(timeoutMs: number): Promise<void> {
    if (this.#shutdown !== undefined) {
      return this.#shutdown;
    }
    const limit = new TimeLimit(this.#background, timeoutMs);
    await limit.of(this.#flushHosts(this.#background.now() + timeoutMs));
    await limit.of(this.#flushCopies());
    limit.clear();
  }

  /** Like `forceFlush`, but for good: what is left then is dropped. */
  shutdown(timeoutMs: number): Promise<void> {
    this.#shutdown ??= this.#stop(timeoutMs);
    return this.#shutdown;
  }

  stats(): HostsStats {
    const hosts = this.#hosts.stats();
    const { exported, rejected, dropped, connections, flagFetches } = this.#counters;
    const waitingForConnection = this.#waiting.size;
    return {
      ...hosts,
      queued: hosts.queued + waitingForConnection,
      waitingForConnection,
      exported,
      rejected,
      dropped: { ...dropped },
      connections: { ...connections },
      flagFetches: { ...flagFetches },
      queueCapacity: this.#options.maxQueueSize,
      userCodeFailures: this.#guard.failures(),
      copies: this.#exporter.copies?.(),
    };
  }

  #acquire(handle: ConnectionHandle): ConnectionLease | undefined {
    if (this.#isStopping) {
      return this.#refuse(handle, 'refused_shutdown');
    }
    const verdict = explainGate(handle.telemetry, this.#options, this.#environment);
    const { decision: gate, decidedBy } = verdict;
    this.#observation.noteVerdict(gate, decidedBy);
    const open = this.#open.open(handle, verdict, this.#background.epochNow());
    if (gate === 'off') {
      this.#counters.connections.disabled++;
      return DISABLED_LEASE;
    }
    const lease = new Lease(this.#leaseServices(handle, gate, open));
    handle.listen(lease);
    this.#undecided.add(lease);
    if (handle.endpoint !== undefined) {
      lease.onEndpoint();
    }
    if (handle.isClosed) {
      lease.release();
    }
    return this.#refused.has(handle) ? undefined : lease;
  }

  #leaseServices(
    handle: ConnectionHandle,
    gate: GateDecision,
    open: OpenConnection | undefined,
  ): LeaseServices {
    return {
      waiting: this.#waiting,
      openLane: () => this.#openLane(handle, gate, open),
      accepts: (endpoint) => !this.#isStopping && refusalOf(this.#exporter, handle, endpoint) === undefined,
      counters: this.#counters,
      onDecided: (lease) => this.#undecided.delete(lease),
    };
  }

  #openLane(
    handle: ConnectionHandle,
    gate: GateDecision,
    open: OpenConnection | undefined,
  ): Lane | undefined {
    const admission = this.#admit(handle, gate);
    open?.settle(admission);
    if (typeof admission === 'string') {
      return this.#refuse(handle, admission);
    }
    this.#counters.connections.served++;
    admission.attach(handle);
    return admission;
  }

  #refuse(handle: ConnectionHandle, refusal: Refusal): undefined {
    this.#counters.connections[refusal]++;
    logDebug(`connection ${refusal}`);
    if (typeof handle === 'object' && handle !== null) {
      this.#refused.add(handle);
    }
  }

  #admit(handle: ConnectionHandle, gate: GateDecision): Lane | Refusal {
    const { endpoint } = handle;
    if (endpoint === undefined) {
      return 'refused_handle';
    }
    const refusal = refusalOf(this.#exporter, handle, endpoint);
    if (refusal !== undefined) {
      return refusal;
    }
    const host = this.#hosts.open(endpoint);
    if (typeof host === 'string') {
      return host;
    }
    const checked = checkedConnection(handle, endpoint);
    const key = laneKey(checked, gate, this.#identities.of(handle));
    return host.lane(handle, { key, isForced: gate === 'forced', checked }) ?? 'refused_max_lanes';
  }

  #flushHosts(until: number): Promise<unknown> {
    let flushed: Promise<unknown> = Promise.resolve();
    this.#background.run(() => {
      flushed = this.#hosts.flushNow(until);
    });
    return flushed;
  }

  /** A program that ends after a flush wants to find in the copy what was sent. */
  async #flushCopies(): Promise<void> {
    await this.#exporter.flushCopies?.();
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    const limit = new TimeLimit(this.#background, timeoutMs);
    for (const lease of this.#undecided) {
      lease.refuse('never_connected', 'already_shutdown');
    }
    this.#waiting.stop();
    this.#hosts.refuse('already_shutdown');
    await limit.of(this.#flushHosts(this.#background.now() + timeoutMs));
    await limit.of(this.#hosts.close());
    await limit.of(this.#flushCopies());
    this.#exporter.giveUpCopies?.();
    limit.clear();
    this.#warner.close();
  }
}
