import { BehaviourQueue, perform } from './behaviours.js';
import { type Exchange, recorded } from './exchange.js';
import type { Pauses } from './pauses.js';
import { RequestLog } from './request-log.js';
import type { Sockets } from './sockets.js';
import type { EndpointBehaviour, FlagEndpoint, FlagSetting, RecordedRequest } from './types.js';

export const FLAG_NAME = 'databricks.partnerplatform.clientConfigsFeatureFlags.enableTelemetryForNodeJs';

const PREFIX = '/api/2.0/connector-service/feature-flags/';
const DEFAULT_FLAG: FlagSetting = { enabled: true, ttlSeconds: 900 };

export const isFlagPath = (path: string): boolean => path.startsWith(PREFIX);

/** The feature flags of a workspace; enabled unless told otherwise. */
export class LocalFlagEndpoint implements FlagEndpoint {
  readonly #stage: { readonly pauses: Pauses; readonly sockets: Sockets };
  readonly #log: RequestLog;
  readonly #behaviours = new BehaviourQueue();
  #flag = DEFAULT_FLAG;

  constructor(stage: { readonly pauses: Pauses; readonly sockets: Sockets }, keep: boolean) {
    this.#stage = stage;
    this.#log = new RequestLog(keep);
  }

  get requests(): readonly RecordedRequest[] {
    return this.#log.requests;
  }

  get requestCount(): number {
    return this.#log.count;
  }

  set(flag: FlagSetting): void {
    this.#flag = { ...this.#flag, ...flag };
  }

  answer(behaviour: EndpointBehaviour, times?: number): void {
    this.#behaviours.answer(behaviour, times);
  }

  waitForRequests(n: number, timeoutMs?: number): Promise<void> {
    return this.#log.waitFor(n, timeoutMs);
  }

  async serve(exchange: Exchange): Promise<void> {
    const behaviour = this.#behaviours.take();
    this.#log.add(recorded(exchange));
    await perform(behaviour, exchange, () => this.#answerOk(), this.#stage);
  }

  clear(): void {
    this.#log.clear();
    this.#behaviours.clear();
    this.#flag = DEFAULT_FLAG;
  }

  #answerOk(): object {
    const { enabled, ttlSeconds, value } = this.#flag;
    const flags = enabled === 'absent' ? [] : [{ name: FLAG_NAME, value: value ?? String(enabled) }];
    return { flags, ttl_seconds: ttlSeconds };
  }
}
