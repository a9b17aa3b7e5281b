import { isIP, isIPv6 } from 'node:net';

/** Where a request goes: host and port of the SQL connection, checked. */
export interface HostAddress {
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** `host:port` as a request line or a `Host` header has it. */
  readonly authority: string;
  /** `https://host[:port]`. */
  readonly origin: string;
}

// Labels of letters, digits, hyphens and underscores. No trailing dot, no user info, path or query, no
// control, zero-width or other non-ASCII character: an internationalised name must come as `xn--`.
const LABEL = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const MAX_NAME_LENGTH = 253;
const MAX_PORT = 65_535;

/**
 * A host's name or IP address (IPv6 with or without brackets) and its port, parsed strictly.
 *
 * @returns `undefined` if anything about it is odd: nothing may be sent there
 */
export function parseAddress(host: string, port: number): HostAddress | undefined {
  if (typeof host !== 'string' || !Number.isInteger(port) || port < 1 || port > MAX_PORT) {
    return undefined;
  }
  const plainHost = withoutBrackets(host.toLowerCase());
  if (isIP(plainHost) === 0 ? !isHostName(plainHost) : plainHost.includes('%')) {
    return undefined;
  }
  const urlHost = isIPv6(plainHost) ? `[${plainHost}]` : plainHost;
  const url = URL.canParse(`https://${urlHost}:${port}`) ? new URL(`https://${urlHost}:${port}`) : undefined;
  // What the URL parser would read as another host (`127.1`, `0x7f000001`) is refused. It also shortens
  // IPv6 addresses, which stay the same address.
  if (url === undefined || (url.hostname !== urlHost && !isIPv6(plainHost))) {
    return undefined;
  }
  return { host: plainHost, port, authority: `${urlHost}:${port}`, origin: url.origin };
}

function withoutBrackets(host: string): string {
  const inner = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return isIPv6(inner) ? inner : host;
}

function isHostName(host: string): boolean {
  return host.length <= MAX_NAME_LENGTH && HOST_NAME.test(host);
}
