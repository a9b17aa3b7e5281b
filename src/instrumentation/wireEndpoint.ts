import type { ConnectionEndpoint, ConnectionRoute } from '../connectionHandle.js';
import type { DriverWire } from './driverShapes.js';
import type { EndpointHeaders } from './endpointHeaders.js';
import { routeOfAgent } from './wireRoute.js';

const HTTPS_PORT = 443;

/** What stands for an address or a way that can't be reproduced: it is refused, and counted, by its route. */
const NOWHERE: ConnectionRoute = { https: false, rejectUnauthorized: true };

export interface WireAddress {
  readonly https: boolean;
  /** As a URL has it: lower case, an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Where the requests of a connection go, by which way. Always the same for one connection.
 *
 * @param headers what goes with telemetry of the connection's own headers
 */
export function endpointOfWire(wire: DriverWire, headers: EndpointHeaders): ConnectionEndpoint {
  const address = addressOfUrl(wire.url);
  if (address === undefined) {
    return unservable();
  }
  const { https, host, port } = address;
  const route = https ? routeOfAgent(wire.config?.agent, String(wire.url)) : undefined;
  return endpointAt(host, port, route, headers);
}

/** @param route `undefined` if it can't be reproduced */
export function endpointAt(
  host: string,
  port: number,
  route: ConnectionRoute | undefined,
  { orgId, customHeaders }: EndpointHeaders,
): ConnectionEndpoint {
  return {
    host,
    port,
    orgId,
    route: route ?? NOWHERE,
    ...(customHeaders !== undefined && { customHeaders }),
  };
}

/** An endpoint at which nothing can be sent. */
export function unservable(): ConnectionEndpoint {
  return { host: '', port: 0, orgId: undefined, route: NOWHERE };
}

/**
 * Reads a URL as the driver's HTTP client does.
 *
 * @returns `undefined` for what the driver fails at, and for a URL with user information in it: that is a
 *   credential which no header shows
 */
export function addressOfUrl(text: unknown): WireAddress | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) {
    return undefined;
  }
  const url = new URL(text);
  const https = url.protocol === 'https:';
  if ((!https && url.protocol !== 'http:') || url.username !== '' || url.password !== '') {
    return undefined;
  }
  return { https, host: url.hostname, port: url.port === '' ? (https ? HTTPS_PORT : 80) : Number(url.port) };
}
