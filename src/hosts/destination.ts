import type { TokenProvider } from '../config.js';
import type { ConnectionEndpoint, ConnectionHandle } from '../connectionHandle.js';
import type { ExportDestination, RecordExporter } from '../exporter/contract.js';
import { keyedRoute } from '../exporter/routeKey.js';
import type { GateDecision } from '../gate/gate.js';
import { digestOf } from '../lazyCrypto.js';
import type { ObservedConnection } from '../observer.js';
import { INSTRUMENTATION_SCOPE, VERSION } from '../version.js';

const VERSION_HEAD = /^\d{1,10}\.\d{1,10}\.\d{1,10}/;
const ORG_ID = /^\d{1,20}$/;
const PRODUCT = /^[\w.-]{1,64}\/[\w.+-]{1,64}$/;

/** Where a connection's requests go, and what the flag is asked for; all of it checked. */
export interface CheckedConnection {
  readonly destination: ExportDestination;
  /** Bare `major.minor.patch`: part of the feature flag's path. */
  readonly driverVersion: string;
}

/** Why nothing can be sent for a connection to this endpoint, if that is so. */
export function refusalOf(
  exporter: RecordExporter,
  { driverVersion }: ConnectionHandle,
  { host, port, orgId, route }: ConnectionEndpoint,
): 'refused_handle' | 'refused_host' | 'refused_route' | undefined {
  if (!VERSION_HEAD.test(driverVersion) || (orgId !== undefined && !ORG_ID.test(orgId))) {
    return 'refused_handle';
  }
  if (!exporter.supportsHost(host, port)) {
    return 'refused_host';
  }
  return route.https && exporter.supportsRoute(route) ? undefined : 'refused_route';
}

/** Called once for each connection: what is computed here travels. @param handle one that is not refused */
export function checkedConnection(
  { driverVersion, driverProduct }: ConnectionHandle,
  { host, port, orgId, route, customHeaders }: ConnectionEndpoint,
): CheckedConnection {
  return {
    driverVersion: VERSION_HEAD.exec(driverVersion)?.[0] ?? '',
    destination: {
      host,
      port,
      orgId,
      route: keyedRoute(route),
      userAgent: userAgent(driverProduct),
      customHeaders,
    },
  };
}

/** What can be said of a connection without harm: what is not of its form is left out. */
export function checkedFacts({
  driverProduct,
  driverVersion,
  endpoint,
}: ConnectionHandle): Pick<ObservedConnection, 'host' | 'port' | 'orgId' | 'driver' | 'driverVersion'> {
  const orgId = endpoint?.orgId;
  return {
    host: endpoint?.host,
    port: endpoint?.port,
    orgId: orgId !== undefined && ORG_ID.test(orgId) ? orgId : undefined,
    driver: PRODUCT.test(driverProduct) ? driverProduct : 'unknown',
    driverVersion: VERSION_HEAD.exec(driverVersion)?.[0],
  };
}

/**
 * What two connections must have in common for their records to share a request: org id, route, headers and
 * credentials, and beyond those what the request itself tells (the driver's product) and what decides whether it
 * may be sent (the gate, the flag's driver version). A digest, as it holds credentials.
 *
 * @param credentials who the connection authenticates as
 */
export function laneKey(
  { destination, driverVersion }: CheckedConnection,
  gate: GateDecision,
  credentials: string,
): string {
  const { orgId, route, userAgent: products, customHeaders } = destination;
  return digestOf([
    gate,
    orgId,
    route.key,
    products,
    JSON.stringify(sorted(customHeaders ?? {})),
    driverVersion,
    credentials,
  ]);
}

/** As whom connections send. Only a token that never changes is another connection's as well. */
export class Identities {
  readonly #tokenProvider: TokenProvider | undefined;
  #last = 0;

  constructor(tokenProvider: TokenProvider | undefined) {
    this.#tokenProvider = tokenProvider;
  }

  /** Equal for connections that are the same to the server. */
  of(handle: ConnectionHandle): string {
    if (typeof this.#tokenProvider === 'string') {
      return 'token';
    }
    return handle.hasStaticToken && this.#tokenProvider === undefined
      ? JSON.stringify(sorted(handle.credentials ?? {}))
      : `#${++this.#last}`;
  }
}

/** The same for headers that are equal, in whatever order. */
function sorted(headers: Readonly<Record<string, string>>): ReadonlyArray<readonly [string, string]> {
  return Object.entries(headers).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Products only: what the application calls itself is left out. */
function userAgent(driverProduct: string): string {
  const products = [`${INSTRUMENTATION_SCOPE}/${VERSION}`, `Node.js/${process.versions.node}`];
  if (PRODUCT.test(driverProduct)) {
    products.splice(1, 0, driverProduct);
  }
  return products.join(' ');
}
