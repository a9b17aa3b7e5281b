import {
  type CircuitBreakerOptions,
  type ResolvedExporterOptions,
  resolveExporterOptions,
} from '../../../src/config.js';
import type { ConnectionRoute, CredentialHeaders } from '../../../src/connectionHandle.js';
import { parseAddress } from '../../../src/exporter/address.js';
import type { CredentialSource, ExportDestination } from '../../../src/exporter/contract.js';
import { HttpsHostExporter } from '../../../src/exporter/hostExporter.js';
import { loadNetwork } from '../../../src/exporter/loadNetwork.js';
import type { RouteTimeouts } from '../../../src/exporter/routes.js';
import { TestConnection } from '../../support/connections.js';
import { USER_AGENT } from '../../support/records.js';

export { fullRecord, records, statementRecord, USER_AGENT, UUID } from '../../support/records.js';

export const TOKEN = 'dapi0123456789abcdef';
export const HOST = '127.0.0.1';
export const never = new AbortController().signal;

/** Short, so that hanging endpoints do not make tests wait. undici's timers tick every half second. */
export const SHORT_TIMEOUTS: RouteTimeouts = { connectMs: 400, headersMs: 400, bodyMs: 400 };

/** Credentials that the test sets; notes what was refused. */
export class FakeCredentials implements CredentialSource {
  headers: CredentialHeaders | undefined;
  readonly rejected: CredentialHeaders[] = [];
  asked = 0;

  constructor(headers: CredentialHeaders | undefined = { Authorization: `Bearer ${TOKEN}` }) {
    this.headers = headers;
  }

  async get(): Promise<CredentialHeaders | undefined> {
    this.asked++;
    return this.headers;
  }

  reject(headers: CredentialHeaders): void {
    this.rejected.push(headers);
  }

  onChange(): void {}
}

export function routeVia(ca: string | undefined, overrides: Partial<ConnectionRoute> = {}): ConnectionRoute {
  return { https: true, rejectUnauthorized: true, ...(ca !== undefined && { ca: [ca] }), ...overrides };
}

export function destinationTo(
  port: number,
  route: ConnectionRoute,
  overrides: Partial<ExportDestination> = {},
): ExportDestination {
  return {
    host: HOST,
    port,
    orgId: '1234567890123456',
    route,
    userAgent: USER_AGENT,
    credentials: new FakeCredentials(),
    ...overrides,
  };
}

export interface ExporterOverrides {
  readonly host?: string;
  readonly authenticatedExport?: boolean;
  readonly circuitBreaker?: CircuitBreakerOptions;
  readonly maxRetries?: number;
  readonly timeouts?: RouteTimeouts;
}

export function hostExporter(port: number, overrides: ExporterOverrides = {}): HttpsHostExporter {
  const { host = HOST, timeouts = SHORT_TIMEOUTS, ...options } = overrides;
  const resolved: ResolvedExporterOptions = resolveExporterOptions({ maxRetries: 0, ...options });
  const address = parseAddress(host, port);
  if (address === undefined) {
    throw new Error(`not an address: ${host}:${port}`);
  }
  return new HttpsHostExporter(address, resolved, loadNetwork(), timeouts);
}

/** A connection's handle without a connection. */
export function fakeHandle(headers?: CredentialHeaders): TestConnection {
  const handle = new TestConnection({ host: HOST, token: undefined, hasStaticToken: false });
  if (headers !== undefined) {
    handle.use(headers);
  }
  return handle;
}
