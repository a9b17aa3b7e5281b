import { type Exchange, respond } from './exchange.js';
import type { DownloadFault, HttpFault } from './scenario.js';
import type { Sockets } from './sockets.js';

/** What a client meets in place of an answer. */
export type WireFault = 'reset' | 'hang' | { readonly status: number; readonly retryAfter?: string };

/** Thrown by whoever handles a request, to have it answered with a fault. */
export class WireFaultError extends Error {
  readonly fault: WireFault;

  constructor(fault: WireFault) {
    super('the scenario asks for a fault');
    this.fault = fault;
  }
}

export function deliver(fault: WireFault, exchange: Exchange, sockets: Sockets): void {
  if (fault === 'reset') sockets.reset(exchange.request);
  else if (fault !== 'hang') {
    const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
    respond(exchange, fault.status, `the scenario asks for HTTP ${fault.status}`, headers);
  }
}

/** Statuses after which the driver tries again, for the methods that it retries. */
export function isRetryable(fault: WireFault): boolean {
  if (typeof fault === 'string') return fault === 'reset';
  return fault.status === 429 || (fault.status >= 500 && fault.status !== 501);
}

/** Counts how often each fault has struck, so that `times` holds. */
export class FaultCounts {
  readonly #struck = new Map<string, number>();

  /** The fault for this attempt, or none once it has struck often enough. */
  strike(key: string, fault: HttpFault | DownloadFault | undefined): WireFault | undefined {
    const wire = wireFaultOf(fault);
    if (wire === undefined) return undefined;
    const struck = this.#struck.get(key) ?? 0;
    if (struck >= timesOf(fault)) return undefined;
    this.#struck.set(key, struck + 1);
    return wire;
  }

  clear(): void {
    this.#struck.clear();
  }
}

function wireFaultOf(fault: HttpFault | DownloadFault | undefined): WireFault | undefined {
  if (fault === 'reset' || fault === 'hang') return fault;
  if (fault === undefined || fault === 'expired-link') return undefined;
  if ('reset' in fault) return 'reset';
  return 'status' in fault ? fault : undefined;
}

function timesOf(fault: HttpFault | DownloadFault | undefined): number {
  if (typeof fault !== 'object') return Number.POSITIVE_INFINITY;
  if ('reset' in fault) return fault.reset;
  return 'status' in fault ? (fault.times ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}
