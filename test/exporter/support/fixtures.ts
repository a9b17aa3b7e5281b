import {
  type CircuitBreakerOptions,
  type ResolvedExporterOptions,
  resolveExporterOptions,
} from '../../../src/config.js';
import type { ConnectionRoute, CredentialHeaders } from '../../../src/connectionHandle.js';
import { parseAddress } from '../../../src/exporter/address.js';
import type { ExportDestination, ExportResult, FlagResult } from '../../../src/exporter/contract.js';
import { HttpsHostExporter } from '../../../src/exporter/hostExporter.js';
import { HttpTransport, type TransportTimeouts } from '../../../src/exporter/httpTransport.js';
import { loadNetwork } from '../../../src/exporter/loadNetwork.js';
import { keyedRoute } from '../../../src/exporter/routeKey.js';
import type { Observation } from '../../../src/observer.js';
import type { OperationRecord } from '../../../src/records.js';
import { NODE_RUNTIME } from '../../../src/runtime.js';
import { USER_AGENT } from '../../support/records.js';

export { fullRecord, records, statementRecord, USER_AGENT, UUID } from '../../support/records.js';

export const TOKEN = 'dapi0123456789abcdef';
export const HOST = '127.0.0.1';
export const never = new AbortController().signal;

/** Short, so that hanging endpoints do not make tests wait. */
export const SHORT_TIMEOUTS: TransportTimeouts = { connectMs: 400, headersMs: 400, bodyMs: 400 };

export const CREDENTIALS: CredentialHeaders = { Authorization: `Bearer ${TOKEN}` };

/** A destination, and with what the requests to it authenticate. */
export interface TestDestination extends ExportDestination {
  readonly credentials: CredentialHeaders | undefined;
}

/** An exporter that takes the credentials from the destination. */
export class TestHostExporter {
  readonly inner: HttpsHostExporter;

  constructor(inner: HttpsHostExporter) {
    this.inner = inner;
  }

  export(
    batch: readonly OperationRecord[],
    destination: TestDestination,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    return this.inner.export(batch, destination, destination.credentials, signal);
  }

  fetchFeatureFlag(
    destination: TestDestination,
    driverVersion: string,
    signal: AbortSignal,
  ): Promise<FlagResult> {
    const { credentials } = destination;
    return this.inner.fetchFeatureFlag({ destination, credentials, driverVersion }, signal);
  }

  breaker() {
    return this.inner.breaker();
  }

  requests() {
    return this.inner.requests();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

export function routeVia(ca: string | undefined, overrides: Partial<ConnectionRoute> = {}): ConnectionRoute {
  return { https: true, rejectUnauthorized: true, ...(ca !== undefined && { ca: [ca] }), ...overrides };
}

export function destinationTo(
  port: number,
  route: ConnectionRoute,
  overrides: Partial<TestDestination> = {},
): TestDestination {
  return {
    host: HOST,
    port,
    orgId: '1234567890123456',
    route: keyedRoute(route),
    userAgent: USER_AGENT,
    customHeaders: undefined,
    credentials: CREDENTIALS,
    ...overrides,
  };
}

export interface ExporterOverrides {
  readonly host?: string;
  readonly authenticatedExport?: boolean;
  readonly circuitBreaker?: CircuitBreakerOptions;
  readonly maxRetries?: number;
  readonly timeouts?: TransportTimeouts;
  readonly observation?: Observation;
}

export function hostExporter(port: number, overrides: ExporterOverrides = {}): TestHostExporter {
  const { host = HOST, timeouts = SHORT_TIMEOUTS, observation, ...options } = overrides;
  const resolved: ResolvedExporterOptions = resolveExporterOptions({ maxRetries: 0, ...options });
  const address = parseAddress(host, port);
  if (address === undefined) {
    throw new Error(`not an address: ${host}:${port}`);
  }
  const network = loadNetwork();
  return new TestHostExporter(
    new HttpsHostExporter(address, resolved, {
      runtime: NODE_RUNTIME,
      ...(observation === undefined ? {} : { observation }),
      createTransport: (to) => new HttpTransport(to, network, NODE_RUNTIME, timeouts),
    }),
  );
}
