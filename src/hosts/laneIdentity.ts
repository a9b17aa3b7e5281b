import type { ConnectionEndpoint, ConnectionHandle } from '../connectionHandle.js';
import { routeDigest } from '../exporter/routeDigest.js';
import type { GateDecision } from './gate.js';

/** Numbers for the objects that stand for credentials; nothing is kept alive by it. */
export class ObjectNumbers {
  readonly #numbers = new WeakMap<object, number>();
  #last = 0;

  numberOf(object: object): number {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = ++this.#last;
      this.#numbers.set(object, number);
    }
    return number;
  }
}

/**
 * What two connections must have in common for their records to share a request: org id, route and
 * credentials, and beyond those what the request itself tells (the driver's product) and what decides
 * whether it may be sent (the gate, the flag's driver version).
 *
 * @param credentials who the connection authenticates as
 */
export function laneKey(
  handle: ConnectionHandle,
  endpoint: ConnectionEndpoint,
  gate: GateDecision,
  credentials: string | number,
): string {
  return JSON.stringify([
    gate,
    endpoint.orgId ?? null,
    handle.driverVersion,
    handle.driverProduct,
    routeDigest(endpoint.route),
    credentials,
  ]);
}
