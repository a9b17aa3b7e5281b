// By its file: Bun has something of its own under the bare name, which takes no connections of others.
import { Pool } from 'undici/index.js';
import type { ConnectionRoute } from '../connectionHandle.js';
import type { HostAddress } from './address.js';
import { type ConnectorOptions, createConnector } from './connector.js';

/** Connections at one time by one route. Each lane sends one request at a time. */
const MAX_CONNECTIONS = 8;
/** Longer than the time between two flushes, so that they share a connection. Milliseconds. */
const KEEP_ALIVE_MS = 30_000;

/** Connections to one host by one route. */
export function openPool(target: HostAddress, route: ConnectionRoute, options: ConnectorOptions): Pool {
  return new Pool(target.origin, {
    connections: MAX_CONNECTIONS,
    pipelining: 1,
    // Each request has its own limits.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: createConnector(target, route, options),
  });
}
