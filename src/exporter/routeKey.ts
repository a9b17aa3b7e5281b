import type { ConnectionRoute } from '../connectionHandle.js';
import { digestOf } from '../lazyCrypto.js';
import type { Route } from './transport.js';

/** The route with its key. A digest, because a route may hold a password or a key. */
export function keyedRoute(connection: ConnectionRoute): Route {
  return { key: routeDigest(connection), connection };
}

function routeDigest({
  https,
  rejectUnauthorized,
  proxy,
  ca,
  clientCert,
  clientKey,
}: ConnectionRoute): string {
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
