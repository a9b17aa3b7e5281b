import { createHash, type Hash } from 'node:crypto';
import type { ConnectionHandle, ConnectionRoute } from '../context.js';
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
export function laneKey(handle: ConnectionHandle, gate: GateDecision, credentials: string | number): string {
  return JSON.stringify([
    gate,
    handle.orgId ?? null,
    handle.driverVersion,
    handle.driverProduct,
    routeDigest(handle.route),
    credentials,
  ]);
}

/** Equal for routes that are equal by value. A digest, because a route may hold a password or a key. */
export function routeDigest(route: ConnectionRoute): string {
  const hash = createHash('sha256');
  const { proxy } = route;
  addPart(hash, JSON.stringify([route.https, route.rejectUnauthorized]));
  addPart(
    hash,
    proxy && JSON.stringify([proxy.protocol, proxy.host, proxy.port, proxy.username, proxy.password]),
  );
  addPart(hash, route.clientCert);
  addPart(hash, route.clientKey);
  addPart(hash, route.ca === undefined ? undefined : String(route.ca.length));
  for (const certificate of route.ca ?? []) {
    addPart(hash, certificate);
  }
  return hash.digest('base64');
}

/** Each part after its length, so that no two different lists of parts run together into one. */
function addPart(hash: Hash, part: string | Buffer | undefined): void {
  if (part === undefined) {
    hash.update('-;');
    return;
  }
  hash.update(`${Buffer.byteLength(part)};`);
  hash.update(part);
}
