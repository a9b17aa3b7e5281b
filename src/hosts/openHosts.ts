import type { ConnectionEndpoint } from '../connectionHandle.js';
import type { HostExporter, RecordExporter } from '../exporter/contract.js';
import { logDebug } from '../log.js';
import type { Observation } from '../observer.js';
import type { DropReason, HostStats, HostsStats } from '../stats.js';
import { Host, type HostServices } from './host.js';
import { SharedMembers } from './sharedMembers.js';

/** What open hosts have from their registry. */
export interface OpenHostsServices extends Omit<HostServices, 'onEmpty'> {
  readonly exporter: RecordExporter;
  readonly observation: Observation;
}

/** The hosts that are open, and what those that are closed have counted. */
export class OpenHosts {
  readonly #services: OpenHostsServices;
  readonly #hostServices: HostServices;
  readonly #hosts: SharedMembers<Host>;
  /** Of closed hosts. */
  readonly #exportRequests = new Map<string, number>();
  /** Of closed hosts. */
  #breakerTransitions = 0;

  constructor(maxHosts: number, services: OpenHostsServices) {
    this.#services = services;
    this.#hosts = new SharedMembers(maxHosts, (host) => this.#closeSoon(host, 'host_evicted'));
    this.#hostServices = { ...services, onEmpty: (host) => this.#onEmpty(host) };
  }

  /** The host at that address. */
  open(endpoint: ConnectionEndpoint): Host | 'refused_max_hosts' | 'refused_exporter' {
    const key = `${endpoint.host.toLowerCase()}:${endpoint.port}`;
    const known = this.#hosts.use(key);
    if (known !== undefined) {
      return known;
    }
    if (!this.#hosts.makeRoom()) {
      return 'refused_max_hosts';
    }
    const exporter = this.#exporterOf(endpoint);
    if (exporter === undefined) {
      return 'refused_exporter';
    }
    const host = new Host(key, endpoint, exporter, this.#hostServices);
    this.#hosts.add(host);
    return host;
  }

  /** @see Outbox.flushNow */
  async flushNow(until: number): Promise<void> {
    await Promise.all(this.#hosts.all().map((host) => host.flushNow(until)));
  }

  /** Later records are dropped for this reason. */
  refuse(reason: DropReason): void {
    for (const host of this.#hosts.all()) {
      host.refuse(reason);
    }
  }

  /** Drops what is left. */
  async close(): Promise<void> {
    const hosts = this.#hosts.all();
    this.#hosts.clear();
    await Promise.allSettled(hosts.map((host) => this.#close(host, 'shutdown', 'already_shutdown')));
  }

  stats(): Pick<HostsStats, 'queued' | 'inFlight' | 'exportRequests' | 'breakerTransitions' | 'hosts'> {
    const hosts = this.#hosts.all().map((host) => host.stats());
    const exportRequests = new Map(this.#exportRequests);
    for (const host of hosts) {
      addAll(exportRequests, host.exportRequests);
    }
    return {
      queued: sum(hosts, ({ queued }) => queued),
      inFlight: sum(hosts, ({ inFlight }) => inFlight),
      exportRequests: Object.fromEntries(exportRequests),
      breakerTransitions: sum(hosts, ({ breaker }) => breaker.transitions) + this.#breakerTransitions,
      hosts,
    };
  }

  #exporterOf({ host, port }: ConnectionEndpoint): HostExporter | undefined {
    const { exporter, guard, observation } = this.#services;
    try {
      return exporter.openHost(host, port, observation);
    } catch {
      guard.note('exporter');
      return undefined;
    }
  }

  #onEmpty(host: Host): void {
    this.#hosts.remove(host);
    this.#closeSoon(host, 'connection_closed');
  }

  #closeSoon(host: Host, reason: DropReason): void {
    this.#close(host, reason, reason).catch(onCloseError);
  }

  #close(host: Host, reason: DropReason, laterReason: DropReason): Promise<void> {
    const { breaker, exportRequests } = host.stats();
    addAll(this.#exportRequests, exportRequests);
    this.#breakerTransitions += breaker.transitions;
    return host.close(reason, laterReason);
  }
}

function onCloseError(error: unknown): void {
  logDebug('a host could not be closed', error);
}

function sum(hosts: readonly HostStats[], figureOf: (host: HostStats) => number): number {
  return hosts.reduce((total, host) => total + figureOf(host), 0);
}

function addAll(totals: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) {
    totals.set(key, (totals.get(key) ?? 0) + count);
  }
}
