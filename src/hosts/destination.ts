import type { ConnectionEndpoint, ConnectionHandle } from '../connectionHandle.js';
import type { CredentialSource, ExportDestination } from '../exporter/contract.js';
import { INSTRUMENTATION_SCOPE, VERSION } from '../version.js';

const VERSION_HEAD = /^\d{1,10}\.\d{1,10}\.\d{1,10}/;
const ORG_ID = /^\d{1,20}$/;
const PRODUCT = /^[\w.-]{1,64}\/[\w.+-]{1,64}$/;

/** The parts of a handle that end up in a request line or header, checked. */
export interface CheckedHandle {
  readonly orgId: string | undefined;
  /** Bare `major.minor.patch`: part of the feature flag's path. */
  readonly driverVersion: string;
  readonly userAgent: string;
}

/** @returns `undefined` for a handle from which no request could be made */
export function checkHandle(
  handle: ConnectionHandle,
  { orgId }: ConnectionEndpoint,
): CheckedHandle | undefined {
  const driverVersion = VERSION_HEAD.exec(handle.driverVersion)?.[0];
  if (driverVersion === undefined || (orgId !== undefined && !ORG_ID.test(orgId))) {
    return undefined;
  }
  return { orgId, driverVersion, userAgent: userAgent(handle.driverProduct) };
}

export function destinationOf(
  endpoint: ConnectionEndpoint,
  checked: CheckedHandle,
  credentials: CredentialSource,
): ExportDestination {
  const { host, port, route } = endpoint;
  return { host, port, orgId: checked.orgId, route, userAgent: checked.userAgent, credentials };
}

/** Products only: what the application calls itself is not told. */
function userAgent(driverProduct: string): string {
  const products = [`${INSTRUMENTATION_SCOPE}/${VERSION}`, `Node.js/${process.versions.node}`];
  if (PRODUCT.test(driverProduct)) {
    products.splice(1, 0, driverProduct);
  }
  return products.join(' ');
}
