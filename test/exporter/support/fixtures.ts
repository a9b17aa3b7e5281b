import {
  type CircuitBreakerOptions,
  type ResolvedExporterOptions,
  resolveExporterOptions,
} from '../../../src/config.js';
import type { ConnectionRoute, CredentialHeaders } from '../../../src/connectionHandle.js';
import { parseAddress } from '../../../src/exporter/address.js';
import type { ExportDestination, ExportResult, FlagResult } from '../../../src/exporter/contract.js';
import { HttpsHostExporter } from '../../../src/exporter/hostExporter.js';
import { HttpTransport } from '../../../src/exporter/httpTransport.js';
import { loadNetwork } from '../../../src/exporter/loadNetwork.js';
import type { RouteTimeouts } from '../../../src/exporter/routes.js';
import { keyedRoute } from '../../../src/hosts/destination.js';
import { ChunkDetails, type ConnectionDetails, OperationRecord } from '../../../src/records.js';
import { NODE_RUNTIME } from '../../../src/runtime.js';

export const UUID = '01ef1234-5678-1abc-9def-0123456789ab';
export const TOKEN = 'dapi0123456789abcdef';
export const USER_AGENT = 'opentelemetry-databricks-sql/0.1.0 nodejs-sql-driver/2.1.0 Node.js/20.20.2';
export const HOST = '127.0.0.1';
export const never = new AbortController().signal;

/** Short, so that hanging endpoints do not make tests wait. */
export const SHORT_TIMEOUTS: RouteTimeouts = { connectMs: 400, headersMs: 400, bodyMs: 400 };

export function statementRecord(): OperationRecord {
  const record = new OperationRecord(1_795_207_059_128);
  record.workspaceId = '1234567890123456';
  record.sessionId = UUID;
  record.statementId = UUID;
  record.latencyMs = 123;
  record.operationType = 'EXECUTE_STATEMENT';
  record.internal = false;
  record.statementType = 'QUERY';
  record.resultFormat = 'INLINE_ARROW';
  record.compressed = true;
  record.readyMs = 120;
  record.consumptionMs = 30;
  record.pollCount = 2;
  record.pollMs = 55;
  record.retryCount = 0;
  return record;
}

export const CONNECTION: ConnectionDetails = {
  driverName: 'nodejs-sql-driver',
  driverVersion: '2.1.0',
  runtimeName: 'Node.js',
  runtimeVersion: '20.20.2',
  runtimeVendor: 'Node.js Foundation',
  osName: 'linux',
  osVersion: '6.1.0',
  osArch: 'x64',
  localeName: 'en_US',
  charSetEncoding: 'UTF-8',
  authType: 'pat',
  httpPath: '/sql/1.0/warehouses/0123456789abcdef',
  mode: 'THRIFT',
  authMech: 'PAT',
  authFlow: 'TOKEN_PASSTHROUGH',
  useProxy: false,
  enableArrow: true,
  enableDirectResults: true,
  enableMetricViewMetadata: false,
  socketTimeoutS: 900,
  asyncPollIntervalMs: 100,
};

/** A record with every field that there is. */
export function fullRecord(): OperationRecord {
  const record = statementRecord();
  record.resultFormat = 'EXTERNAL_LINKS';
  record.volumeOperation = 'PUT';
  record.errorName = 'ECONNRESET';
  record.chunkId = 3;
  record.chunks = new ChunkDetails();
  record.chunks.present = 10;
  record.chunks.iterated = 9;
  record.chunks.initialMs = 5;
  record.chunks.slowestMs = 100;
  record.chunks.sumMs = 400;
  record.connection = CONNECTION;
  return record;
}

export function records(count: number): OperationRecord[] {
  return Array.from({ length: count }, statementRecord);
}

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
  readonly timeouts?: RouteTimeouts;
}

export function hostExporter(port: number, overrides: ExporterOverrides = {}): TestHostExporter {
  const { host = HOST, timeouts = SHORT_TIMEOUTS, ...options } = overrides;
  const resolved: ResolvedExporterOptions = resolveExporterOptions({ maxRetries: 0, ...options });
  const address = parseAddress(host, port);
  if (address === undefined) {
    throw new Error(`not an address: ${host}:${port}`);
  }
  const network = loadNetwork();
  return new TestHostExporter(
    new HttpsHostExporter(address, resolved, {
      runtime: NODE_RUNTIME,
      createTransport: (to) => new HttpTransport(to, network, NODE_RUNTIME, timeouts),
    }),
  );
}
