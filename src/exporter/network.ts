/**
 * What only those need who send: the HTTP client, sockets and TLS. Loading it takes longer than all the rest of
 * this package, so nothing but `loadNetwork` imports it.
 */
export { KnownAddresses } from './knownAddresses.js';
export { openPool } from './openPool.js';
