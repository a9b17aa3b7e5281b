import type { ResolvedHostOptions } from '../config.js';
import type { ConnectionEndpoint, ConnectionHandle } from '../connectionHandle.js';
import type { RecordExporter } from '../exporter/contract.js';
import { PassiveCredentials } from '../exporter/passiveCredentials.js';
import { ProvidedCredentials } from '../exporter/providedCredentials.js';
import { digestOf } from '../lazyCrypto.js';
import { Background, debug } from './background.js';
import type { ConnectionLease } from './contract.js';
import { type ConnectionOutcome, Counters, type DropReason } from './counters.js';
import { checkHandle } from './destination.js';
import { decideGate, type Environment, type GateDecision } from './gate.js';
import { Host, type HostServices } from './host.js';
import { HostTotals } from './hostTotals.js';
import type { Lane, LaneCredentials } from './lane.js';
import { laneKey, ObjectNumbers } from './laneIdentity.js';
import { DISABLED_LEASE, Lease } from './lease.js';
import { LossWarner } from './lossWarner.js';
import { Deadline, Settling } from './settling.js';
import type { HostsStats } from './stats.js';

type Refusal = Exclude<ConnectionOutcome, 'served' | 'disabled'>;

/** All hosts of one processor. Nothing in here throws, rejects or holds the process. */
export class HostRegistry {
  readonly #options: ResolvedHostOptions;
  readonly #exporter: RecordExporter;
  readonly #environment: Environment;
  readonly #background = new Background();
  readonly #warner = new LossWarner(this.#background);
  readonly #counters = new Counters(this.#warner);
  readonly #settling = new Settling(() => this.#isSettled());
  readonly #hostServices: HostServices;
  /** The least recently used one first. */
  readonly #hosts = new Map<string, Host>();
  readonly #credentialNumbers = new ObjectNumbers();
  /** Connections that were refused stay so: they are asked about again with every span of theirs. */
  readonly #refused = new WeakSet<ConnectionHandle>();
  readonly #totals = new HostTotals();
  #shutdown: Promise<void> | undefined;
  #isStopping = false;

  /** @param environment read whenever a connection is opened */
  constructor(
    options: ResolvedHostOptions,
    exporter: RecordExporter,
    environment: Environment = process.env,
  ) {
    this.#options = options;
    this.#exporter = exporter;
    this.#environment = environment;
    this.#hostServices = {
      options,
      background: this.#background,
      counters: this.#counters,
      createCredentials: () => createCredentials(options),
      onSettled: () => this.#settling.check(),
      onEmpty: (host) => this.#closeHost(host, 'connection_closed'),
    };
  }

  /**
   * A connection's share in its host, opened if need be. The lease is released by the connection's close.
   *
   * @returns a lease that is not enabled if the gate says off; `undefined` for a connection that is refused
   */
  acquire(handle: ConnectionHandle): ConnectionLease | undefined {
    try {
      if (this.#refused.has(handle)) {
        return undefined;
      }
      const gate = decideGate(handle.telemetry, this.#options, this.#environment);
      if (gate === 'off' && !this.#isStopping) {
        this.#counters.connections.disabled++;
        return DISABLED_LEASE;
      }
      const lease = new Lease({
        openLane: () => this.#openLane(handle, gate),
        accepts: ({ route }) => route.https && this.#exporter.supportsRoute(route),
        onDropped: (count) => this.#counters.drop('connection_closed', count),
      });
      if (handle.endpoint !== undefined || this.#isStopping) {
        lease.onEndpoint();
        if (this.#refused.has(handle)) {
          return undefined;
        }
      }
      if (handle.isClosed) {
        lease.release();
      }
      handle.listen(lease);
      return lease;
    } catch (error) {
      this.#counters.connections.refused_handle++;
      debug('connection refused_handle', error);
    }
    return undefined;
  }

  #openLane(handle: ConnectionHandle, gate: GateDecision): Lane | undefined {
    const admission = this.#admit(handle, gate);
    if (typeof admission !== 'string') {
      this.#counters.connections.served++;
      admission.attach(handle);
      return admission;
    }
    this.#refused.add(handle);
    this.#counters.connections[admission]++;
    debug(`connection ${admission}`);
    return undefined;
  }

  /**
   * Sends what is queued, and waits for it and for what is in flight. Does not wait for what can't be sent
   * now: behind an open breaker, in a paused lane, without an answer about the flag under way.
   */
  async forceFlush(timeoutMs: number): Promise<void> {
    if (this.#shutdown !== undefined) {
      return this.#shutdown;
    }
    this.#flushHosts();
    const deadline = new Deadline(timeoutMs);
    await deadline.limit(this.#settling.wait());
    deadline.clear();
  }

  /** Like `forceFlush`, but for good, and without waiting for the flag: what is left then is dropped. */
  shutdown(timeoutMs: number): Promise<void> {
    this.#shutdown ??= this.#stop(timeoutMs);
    return this.#shutdown;
  }

  stats(): HostsStats {
    return this.#totals.snapshot(this.#counters, [...this.#hosts.values()], this.#options.maxQueueSize);
  }

  #admit(handle: ConnectionHandle, gate: GateDecision): Lane | Refusal {
    if (this.#isStopping) {
      return 'refused_shutdown';
    }
    const { endpoint } = handle;
    const checked = endpoint && checkHandle(handle, endpoint);
    if (endpoint === undefined || checked === undefined) {
      return 'refused_handle';
    }
    if (!endpoint.route.https || !this.#exporter.supportsRoute(endpoint.route)) {
      return 'refused_route';
    }
    const key = laneKey(handle, endpoint, gate, this.#credentialsOf(handle));
    const host = this.#host(endpoint);
    if (typeof host === 'string') {
      return host;
    }
    return host.lane(endpoint, { key, isForced: gate === 'forced', checked }) ?? 'refused_max_lanes';
  }

  #host(endpoint: ConnectionEndpoint): Host | Refusal {
    const key = `${endpoint.host.toLowerCase()}:${endpoint.port}`;
    let host = this.#hosts.get(key);
    if (host === undefined) {
      const hostExporter = this.#exporter.openHost(endpoint.host, endpoint.port);
      if (hostExporter === undefined) {
        return 'refused_host';
      }
      if (this.#hosts.size >= this.#options.maxHosts && !this.#evictHost()) {
        hostExporter.close().catch(onCloseError);
        return 'refused_max_hosts';
      }
      host = new Host(key, endpoint, hostExporter, this.#hostServices);
    }
    this.#hosts.delete(key);
    this.#hosts.set(key, host);
    return host;
  }

  #credentialsOf(handle: ConnectionHandle): string | number {
    if (this.#options.tokenProvider !== undefined) {
      return 'token provider';
    }
    return handle.hasStaticToken
      ? digestOf([JSON.stringify(Object.entries(handle.credentials ?? {}))])
      : this.#credentialNumbers.numberOf(handle);
  }

  /** The least recently used host without connections goes; rather one that has nothing left to send. */
  #evictHost(): boolean {
    const unused = [...this.#hosts.values()].filter((host) => !host.isInUse);
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

  #flushHosts(): void {
    this.#background.run(() => {
      for (const host of this.#hosts.values()) {
        host.flushNow();
      }
    });
  }

  async #stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    const deadline = new Deadline(timeoutMs);
    const hosts = [...this.#hosts.values()];
    for (const host of hosts) {
      host.refuse('already_shutdown');
    }
    this.#flushHosts();
    await deadline.limit(this.#settling.wait());
    this.#hosts.clear();
    const closing = hosts.map((host) => {
      this.#totals.keep(host);
      return host.close('shutdown', 'already_shutdown');
    });
    // Whoever waits for a flush has nothing more to wait for.
    this.#settling.check();
    await deadline.limit(Promise.allSettled(closing));
    deadline.clear();
    this.#warner.close();
  }

  #isSettled(): boolean {
    const awaitFlag = !this.#isStopping;
    for (const host of this.#hosts.values()) {
      if (host.isFlushing(awaitFlag)) {
        return false;
      }
    }
    return true;
  }
}

function createCredentials({ tokenProvider }: ResolvedHostOptions): LaneCredentials {
  if (tokenProvider !== undefined) {
    return { source: new ProvidedCredentials(tokenProvider) };
  }
  const source = new PassiveCredentials();
  return { source, add: (handle) => source.add(handle) };
}

function onCloseError(error: unknown): void {
  debug('a host could not be closed', error);
}
