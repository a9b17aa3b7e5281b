import type { ResolvedHostOptions } from '../config.js';
import type { ConnectionEndpoint, ConnectionHandle } from '../connectionHandle.js';
import type { HostExporter, RecordExporter } from '../exporter/contract.js';
import { Guard } from '../guard.js';
import { logDebug } from '../log.js';
import { Observation } from '../observer.js';
import type { Runtime } from '../runtime.js';
import { type ConnectionOutcome, Counters, type DropReason, LossWarner } from './counters.js';
import { checkedConnection, Identities, laneKey, refusalOf } from './destination.js';
import { type Environment, explainGate, type GateDecision } from './gate.js';
import { Host, type HostServices } from './host.js';
import { HostQueue } from './hostQueue.js';
import { type ConnectionLease, DISABLED_LEASE, type Lane, Lease, type LeaseServices } from './lane.js';
import { type OpenConnection, OpenConnections } from './openConnections.js';
import { type HostsStats, HostTotals } from './stats.js';
import { Background, TimeLimit } from './timing.js';

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
  readonly #hostServices: HostServices;
  /** The least recently used one first. */
  readonly #hosts = new Map<string, Host>();
  /** What was queued before the driver's first request. */
  readonly #waiting: HostQueue;
  /** Their drivers have not sent a request yet. */
  readonly #undecided = new Set<Lease>();
  /** Connections that were refused stay so: they are asked about again with every span of theirs. */
  readonly #refused = new WeakSet<ConnectionHandle>();
  /** For whoever looks. */
  readonly #open = new OpenConnections();
  readonly #totals = new HostTotals();
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
    this.#background = new Background(services.runtime);
    this.#warner = new LossWarner(this.#background);
    this.#counters = new Counters(this.#warner, this.#observation);
    this.#hostServices = {
      options,
      background: this.#background,
      counters: this.#counters,
      guard: this.#guard,
      onEmpty: (host) => this.#closeHost(host, 'connection_closed'),
    };
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
    const limit = new TimeLimit(this.#background.runtime, timeoutMs);
    await limit.of(this.#flushHosts(this.#background.now() + timeoutMs));
    limit.clear();
  }

  /** Like `forceFlush`, but for good, and without waiting for a first answer: what is left then is dropped. */
  shutdown(timeoutMs: number): Promise<void> {
    this.#shutdown ??= this.#stop(timeoutMs);
    return this.#shutdown;
  }

  stats(): HostsStats {
    return this.#totals.snapshot(this.#counters, {
      hosts: [...this.#hosts.values()],
      waiting: this.#waiting.size,
      queueCapacity: this.#options.maxQueueSize,
      userCodeFailures: this.#guard.failures(),
      copies: this.#exporter.copies?.(),
    });
  }

  #acquire(handle: ConnectionHandle): ConnectionLease | undefined {
    if (this.#isStopping) {
      return this.#refuse(handle, 'refused_shutdown');
    }
    const verdict = explainGate(handle.telemetry, this.#options, this.#environment);
    const { decision: gate, decidedBy } = verdict;
    this.#observation.noteVerdict(gate, decidedBy);
    const open = this.#open.open(handle, verdict, this.#background.runtime.epochNow());
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
    const host = this.#host(endpoint);
    if (typeof host === 'string') {
      return host;
    }
    const checked = checkedConnection(handle, endpoint);
    const key = laneKey(checked, gate, this.#identities.of(handle));
    return host.lane(handle, { key, isForced: gate === 'forced', checked }) ?? 'refused_max_lanes';
  }

  #host(endpoint: ConnectionEndpoint): Host | Refusal {
    const key = `${endpoint.host.toLowerCase()}:${endpoint.port}`;
    let host = this.#hosts.get(key);
    if (host === undefined) {
      if (this.#hosts.size >= this.#options.maxHosts && !this.#evictHost()) {
        return 'refused_max_hosts';
      }
      const hostExporter = this.#openHost(endpoint);
      if (hostExporter === undefined) {
        return 'refused_exporter';
      }
      host = new Host(key, endpoint, hostExporter, this.#hostServices);
    }
    this.#hosts.delete(key);
    this.#hosts.set(key, host);
    return host;
  }

  #openHost({ host, port }: ConnectionEndpoint): HostExporter | undefined {
    try {
      return this.#exporter.openHost(host, port, this.#observation);
    } catch {
      this.#guard.note('exporter');
      return undefined;
    }
  }

  /** The least recently used host without connections goes; rather one that has nothing left to send. */
  #evictHost(): boolean {
    const unused = [...this.#hosts.values()].filter((host) => host.connections === 0);
    const host = unused.find(({ isDrained }) => isDrained) ?? unused[0];
    if (host === undefined) {
      return false;
    }
    this.#closeHost(host, 'host_evicted');
    return true;
  }

  #closeHost(host: Host, reason: DropReason): void {
    this.#hosts.delete(host.key);
    this.#totals.keep(host);
    host.close(reason, reason).catch(onCloseError);
  }

  #flushHosts(until: number): Promise<unknown> {
    let flushed: Promise<unknown> = Promise.resolve();
    this.#background.run(() => {
      flushed = Promise.all([...this.#hosts.values()].map((host) => host.flushNow(until)));
    });
    return flushed;
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    const limit = new TimeLimit(this.#background.runtime, timeoutMs);
    for (const lease of this.#undecided) {
      lease.refuse('never_connected', 'already_shutdown');
    }
    this.#waiting.stop();
    const hosts = [...this.#hosts.values()];
    for (const host of hosts) {
      host.refuse('already_shutdown');
    }
    await limit.of(this.#flushHosts(Number.NEGATIVE_INFINITY));
    this.#hosts.clear();
    const closing = hosts.map((host) => {
      this.#totals.keep(host);
      return host.close('shutdown', 'already_shutdown');
    });
    await limit.of(Promise.allSettled(closing));
    limit.clear();
    this.#warner.close();
  }
}

function onCloseError(error: unknown): void {
  logDebug('a host could not be closed', error);
}
