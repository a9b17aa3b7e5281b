import type { Background } from '../background.js';
import type { ResolvedHostOptions } from '../config.js';
import type { ConnectionHandle } from '../connectionHandle.js';
import { type Credentials, WitnessedCredentials } from '../credentials/credentials.js';
import { ProvidedCredentials } from '../credentials/providedCredentials.js';
import type { HostExporter } from '../exporter/contract.js';
import { FeatureFlag } from '../gate/featureFlag.js';
import { type Flag, FORCED } from '../gate/flag.js';
import type { Guard } from '../guard.js';
import { HostQueue } from '../queue/hostQueue.js';
import type { DropReason, HostStats } from '../stats.js';
import type { Counters } from './counters.js';
import type { CheckedConnection } from './destination.js';
import { Lane, type LaneServices } from './lane.js';
import { SendOrder } from './sendOrder.js';
import { type Shareable, SharedMembers } from './sharedMembers.js';

/** Feature flags that are remembered: org ids and driver versions at one host. */
const MAX_FLAGS = 256;

/** What a host has from its registry. */
export interface HostServices {
  readonly options: ResolvedHostOptions;
  readonly background: Background;
  readonly counters: Counters;
  readonly guard: Guard;
  /** Its last lane is gone. */
  readonly onEmpty: (host: Host) => void;
}

/** Which lane a connection belongs to. */
export interface LaneRequest {
  readonly key: string;
  /** True if the feature flag is not asked. */
  readonly isForced: boolean;
  readonly checked: CheckedConnection;
}

/** All connections to one host and port: their lanes, the flags, one queue, one breaker. */
export class Host implements Shareable {
  readonly key: string;
  readonly #exporter: HostExporter;
  readonly #services: HostServices;
  readonly #laneServices: LaneServices;
  readonly #queues: HostQueue;
  readonly #sendOrder: SendOrder;
  /** The user's own, for all lanes; `undefined`: each lane has what was witnessed. */
  readonly #provided: ProvidedCredentials | undefined;
  readonly #lanes: SharedMembers<Lane>;
  /** The least recently opened one first. */
  readonly #flags = new Map<string, FeatureFlag>();
  readonly #address: { readonly host: string; readonly port: number };

  constructor(
    key: string,
    address: { readonly host: string; readonly port: number },
    exporter: HostExporter,
    services: HostServices,
  ) {
    const { background, counters, guard, options } = services;
    const { tokenProvider } = options;
    this.key = key;
    this.#address = { host: address.host, port: address.port };
    this.#exporter = exporter;
    this.#services = services;
    this.#lanes = new SharedMembers(options.maxLanes, (lane) => lane.close('lane_evicted', 'lane_evicted'));
    this.#queues = new HostQueue(options, background, (reason, records) => counters.drop(reason, records));
    this.#sendOrder = new SendOrder(background, () => exporter.breaker().state === 'closed');
    this.#provided =
      tokenProvider === undefined
        ? undefined
        : new ProvidedCredentials(tokenProvider, address.host, { runtime: background, guard });
    this.#laneServices = {
      options,
      exporter,
      queues: this.#queues,
      sendOrder: this.#sendOrder,
      background,
      counters,
      onIdle: (lane) => this.#onIdle(lane),
    };
  }

  get connections(): number {
    let count = 0;
    for (const lane of this.#lanes.all()) {
      count += lane.connections;
    }
    return count;
  }

  get isEmpty(): boolean {
    return this.#queues.size + this.#queues.inFlight === 0;
  }

  /** @returns `undefined` if there are `maxLanes`, all of them in use */
  lane(handle: ConnectionHandle, request: LaneRequest): Lane | undefined {
    return this.#lanes.use(request.key) ?? this.#openLane(handle, request);
  }

  /** Sends what is queued. @see Outbox.flushNow */
  async flushNow(until: number): Promise<void> {
    await Promise.all(this.#lanes.all().map(({ outbox }) => outbox.flushNow(until)));
  }

  /** Later records are dropped for this reason. */
  refuse(reason: DropReason): void {
    for (const lane of this.#lanes.all()) {
      lane.outbox.refuse(reason);
    }
  }

  /** Drops what is left, stops all timers and requests. */
  async close(reason: DropReason, laterReason: DropReason): Promise<void> {
    this.#sendOrder.close();
    for (const lane of this.#lanes.all()) {
      lane.close(reason, laterReason);
    }
    this.#lanes.clear();
    for (const flag of this.#flags.values()) {
      flag.close();
    }
    this.#flags.clear();
    this.#queues.stop();
    await this.#exporter.close();
  }

  stats(): HostStats {
    const lanes = this.#lanes.all();
    return {
      ...this.#address,
      connections: this.connections,
      lanes: lanes.length,
      forcedLanes: lanes.filter(({ isForced }) => isForced).length,
      pausedLanes: lanes.filter(({ outbox }) => outbox.isPaused).length,
      queued: this.#queues.size,
      inFlight: this.#queues.inFlight,
      breaker: this.#exporter.breaker(),
      flags: [...this.#flags.values()].map((flag) => flag.stats()),
      exportRequests: { ...this.#exporter.requests() },
    };
  }

  #openLane(handle: ConnectionHandle, { key, isForced, checked }: LaneRequest): Lane | undefined {
    if (!this.#lanes.makeRoom()) {
      return undefined;
    }
    const { destination } = checked;
    const { credentials, watch } = this.#credentialsOf(handle);
    const flag: Flag = isForced ? FORCED : this.#flag(checked);
    const lane = new Lane({ key, destination, credentials, flag, watch }, this.#laneServices);
    this.#lanes.add(lane);
    return lane;
  }

  #credentialsOf(handle: ConnectionHandle): {
    readonly credentials: Credentials;
    readonly watch: (handle: ConnectionHandle) => void;
  } {
    if (this.#provided !== undefined) {
      return { credentials: this.#provided, watch: () => undefined };
    }
    const { background } = this.#services;
    const credentials = new WitnessedCredentials(handle.credentials, handle.hasStaticToken, background);
    return { credentials, watch: (connection) => credentials.watch(connection) };
  }

  #flag({ destination: { orgId }, driverVersion }: CheckedConnection): FeatureFlag {
    const key = `${orgId ?? ''}/${driverVersion}`;
    const known = this.#flags.get(key);
    if (known !== undefined) {
      return known;
    }
    const { background, counters } = this.#services;
    const flag = new FeatureFlag(orgId, driverVersion, {
      exporter: this.#exporter,
      background,
      counts: counters.flagFetches,
    });
    const [oldest] = this.#flags.keys();
    if (oldest !== undefined && this.#flags.size >= MAX_FLAGS) {
      // Lanes that have it go on with it; later ones ask once more.
      this.#flags.delete(oldest);
    }
    this.#flags.set(key, flag);
    return flag;
  }

  #onIdle(lane: Lane): void {
    this.#lanes.remove(lane);
    lane.close('connection_closed', 'connection_closed');
    if (this.#lanes.size === 0) {
      this.#services.onEmpty(this);
    }
  }
}
