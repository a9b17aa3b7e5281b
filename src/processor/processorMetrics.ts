import { createNoopMeter, type MeterProvider, metrics } from '@opentelemetry/api';
import type { Guard } from '../guard.js';
import type { HostsStats } from '../stats.js';
import { INSTRUMENTATION_SCOPE } from '../version.js';
import { COMPONENT_TYPE, registerMetrics } from './metrics.js';

/** How many processors there are by the meter provider that they share: each has a name of its own. */
const PROCESSORS = new WeakMap<MeterProvider, number>();

/**
 * Offers a processor's statistics as metrics. The global meter provider is taken late: an SDK sets it after the
 * processor was made, and the API has no stand-in for it that would pass the instruments on.
 */
export class ProcessorMetrics {
  readonly #guard: Guard;
  readonly #stats: () => HostsStats;
  #isPending: boolean;
  #looks = 0;
  #unregister: (() => void) | undefined;

  /** @param meterProvider false: no metrics; `undefined`: the global one */
  constructor(meterProvider: MeterProvider | false | undefined, guard: Guard, stats: () => HostsStats) {
    this.#guard = guard;
    this.#stats = stats;
    this.#isPending = meterProvider === undefined;
    if (meterProvider !== undefined && meterProvider !== false) {
      this.#register(meterProvider);
    }
  }

  /** Something has happened that metrics would tell. The more often that was in vain, the rarer it is looked. */
  onActivity(): void {
    if (this.#isPending && isPowerOfTwo(++this.#looks)) {
      this.look();
    }
  }

  /** Registers the metrics if there is a global meter provider by now. */
  look(): void {
    if (!this.#isPending) {
      return;
    }
    const provider = metrics.getMeterProvider();
    try {
      // Without a global meter provider the API gives this one meter to everybody.
      if (provider.getMeter(INSTRUMENTATION_SCOPE) === createNoopMeter()) {
        return;
      }
    } catch {
      this.#isPending = false;
      this.#guard.note('meterProvider');
      return;
    }
    this.#isPending = false;
    this.#register(provider);
  }

  stop(): void {
    this.#isPending = false;
    this.#unregister?.();
    this.#unregister = undefined;
  }

  /** A provider that throws or gives nothing is counted, and there are no metrics. */
  #register(provider: MeterProvider): void {
    const number = PROCESSORS.get(provider) ?? 0;
    PROCESSORS.set(provider, number + 1);
    this.#unregister = registerMetrics(provider, this.#stats, this.#guard, `${COMPONENT_TYPE}/${number}`);
  }
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}
