import type { ConnectionRoute } from '../connectionHandle.js';
import { parseAddress } from './address.js';

/** Whether requests can go exactly this way: by TLS, directly or through an HTTP proxy. */
export function isSupportedRoute({ https, proxy }: ConnectionRoute): boolean {
  if (!https || proxy === undefined) {
    return https;
  }
  const spoken = proxy.protocol === 'http' || proxy.protocol === 'https';
  return spoken && parseAddress(proxy.host, proxy.port) !== undefined;
}
