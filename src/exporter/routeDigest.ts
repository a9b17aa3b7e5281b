import type { ConnectionRoute } from '../connectionHandle.js';
import { digestOf } from '../lazyCrypto.js';

/** Equal for routes that are equal by value. A digest, because a route may hold a password or a key. */
export function routeDigest(route: ConnectionRoute): string {
  const { https, rejectUnauthorized, proxy, ca, clientCert, clientKey } = route;
  return digestOf([
    JSON.stringify([
      https,
      rejectUnauthorized,
      proxy && [proxy.protocol, proxy.host, proxy.port, proxy.username, proxy.password],
      ca?.length,
    ]),
    clientCert,
    clientKey,
    ...(ca ?? []),
  ]);
}
