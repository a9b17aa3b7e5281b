import type { ConnectionEndpoint } from '../connectionHandle.js';
import type { BreakerSnapshot, HostExporter } from '../exporter/contract.js';
import type { Background } from './background.js';
import type { Counters, DropReason } from './counters.js';
import { type CheckedHandle, destinationOf } from './destination.js';
import { FeatureFlag } from './featureFlag.js';
import { HostQueue } from './hostQueue.js';
import { Lane, type LaneCredentials, type LaneServices } from './lane.js';
import { SendOrder } from './sendOrder.js';
import type { HostStats } from './stats.js';

export interface HostOptions {
  readonly batchSize: number;
  readonly flushIntervalMs: number;
  readonly maxQueueSize: number;
  readonly maxRecordAgeMs: number;
  readonly maxLanes: number;
}

/** What a host has from its registry. */
export interface HostServices {
  readonly options: HostOptions;
  readonly background: Background;
  readonly counters: Counters;
  readonly createCredentials: () => LaneCredentials;
  /** Whoever waits for a flush may look again. */
  readonly onSettled: () => void;
  /** Its last lane is gone. */
  readonly onEmpty: (host: Host) => void;
}

/** Which lane a connection belongs to. */
export interface LaneRequest {
  readonly key: string;
  /** True if the feature flag is not asked. */
  readonly isForced: boolean;
  readonly checked: CheckedHandle;
}

/** All connections to one host and port: their lanes, the flags, one queue, one breaker. */
export class Host {
  readonly key: string;
  readonly #exporter: HostExporter;
  readonly #services: HostServices;
  readonly #laneServices: LaneServices;
  readonly #queues: HostQueue;
  readonly #sendOrder: SendOrder;
  /** The least recently used one first. */
  readonly #lanes = new Map<string, Lane>();
  readonly #flags = new Map<string, FeatureFlag>();
  readonly #address: { readonly host: string; readonly port: number };

  constructor(
    key: string,
    address: { readonly host: string; readonly port: number },
    exporter: HostExporter,
    services: HostServices,
  ) {
    const { background, counters, options, onSettled } = services;
    this.key = key;
    this.#address = { host: address.host, port: address.port };
    this.#exporter = exporter;
    this.#services = services;
    this.#queues = new HostQueue(options, background, (reason, count) => counters.drop(reason, count));
    this.#sendOrder = new SendOrder(background, () => exporter.breaker().state === 'closed');
    this.#laneServices = {
      options,
      exporter,
      queues: this.#queues,
      sendOrder: this.#sendOrder,
      background,
      counters,
      onSettled,
      onIdle: (lane) => this.#onIdle(lane),
    };
  }

  get isInUse(): boolean {
    return this.connections > 0;
  }

  get connections(): number {
    let count = 0;
    for (const lane of this.#lanes.values()) {
      count += lane.connections;
    }
    return count;
  }

  /** Whether nothing waits and nothing is in flight. */
  get isDrained(): boolean {
    return this.#queues.size + this.#queues.inFlight === 0;
  }

  /** @returns `undefined` if there are `maxLanes`, all of them in use */
  lane(endpoint: ConnectionEndpoint, request: LaneRequest): Lane | undefined {
    const lane = this.#lanes.get(request.key) ?? this.#openLane(endpoint, request);
    if (lane !== undefined) {
      this.#lanes.delete(lane.key);
      this.#lanes.set(lane.key, lane);
    }
    return lane;
  }

  flushNow(): void {
    for (const lane of this.#lanes.values()) {
      lane.outbox.flushNow();
    }
  }

  /** @see Outbox.isFlushing */
  isFlushing(awaitFlag: boolean): boolean {
    for (const lane of this.#lanes.values()) {
      if (lane.outbox.isFlushing(awaitFlag)) {
        return true;
      }
    }
    return false;
  }

  /** Later records are dropped for this reason. */
  refuse(reason: DropReason): void {
    for (const lane of this.#lanes.values()) {
      lane.outbox.refuse(reason);
    }
  }

  /** Drops what is left, stops all timers and requests. */
  async close(reason: DropReason, laterReason: DropReason): Promise<void> {
    this.#sendOrder.close();
    for (const lane of this.#lanes.values()) {
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

  breaker(): BreakerSnapshot {
    return this.#exporter.breaker();
  }

  requests(): Readonly<Record<string, number>> {
    return this.#exporter.requests();
  }

  stats(): HostStats {
    const lanes = [...this.#lanes.values()];
    return {
      ...this.#address,
      connections: this.connections,
      lanes: lanes.length,
      pausedLanes: lanes.filter((lane) => lane.outbox.isPaused).length,
      queued: this.#queues.size,
      inFlight: this.#queues.inFlight,
      breaker: this.breaker(),
      flags: [...this.#flags.values()].map(({ orgId, driverVersion, state }) => ({
        orgId,
        driverVersion,
        state,
      })),
      exportRequests: { ...this.requests() },
    };
  }

  #openLane(endpoint: ConnectionEndpoint, request: LaneRequest): Lane | undefined {
    if (this.#lanes.size >= this.#services.options.maxLanes && !this.#evictLane()) {
      return undefined;
    }
    const { key, isForced, checked } = request;
    const credentials = this.#services.createCredentials();
    const destination = destinationOf(endpoint, checked, credentials.source);
    const flag = isForced ? undefined : this.#flag(checked);
    const lane = new Lane(key, destination, credentials, flag, this.#laneServices);
    this.#lanes.set(key, lane);
    return lane;
  }

  #flag({ orgId, driverVersion }: CheckedHandle): FeatureFlag {
    const key = flagKey(orgId, driverVersion);
    let flag = this.#flags.get(key);
    if (flag === undefined) {
      const { background, counters, onSettled } = this.#services;
      flag = new FeatureFlag(orgId, driverVersion, {
        exporter: this.#exporter,
        background,
        counters,
        onRoundOver: onSettled,
      });
      this.#flags.set(key, flag);
    }
    return flag;
  }

  /** The least recently used lane without connections goes; rather one that has nothing left to send. */
  #evictLane(): boolean {
    const unused = [...this.#lanes.values()].filter((lane) => lane.connections === 0);
    const lane = unused.find(({ outbox }) => outbox.isEmpty) ?? unused[0];
    if (lane === undefined) {
      return false;
    }
    this.#closeLane(lane, 'lane_evicted');
    return true;
  }

  #onIdle(lane: Lane): void {
    this.#closeLane(lane, 'connection_closed');
    if (this.#lanes.size === 0) {
      this.#services.onEmpty(this);
    }
  }

  #closeLane(lane: Lane, reason: DropReason): void {
    this.#lanes.delete(lane.key);
    lane.close(reason, reason);
    const { flag } = lane;
    if (flag?.isUnused) {
      flag.close();
      this.#flags.delete(flagKey(flag.orgId, flag.driverVersion));
    }
  }
}

function flagKey(orgId: string | undefined, driverVersion: string): string {
  return `${orgId ?? ''}/${driverVersion}`;
}
