import { diag } from '@opentelemetry/api';
import type { ResolvedExporterOptions } from '../config.js';
import type { CredentialHeaders } from '../context.js';
import { failureCode } from '../failures.js';
import type { OperationRecord } from '../records.js';
import { checkDigits, isHttpStatus, OTHER_ERROR } from '../tags/index.js';
import type { HostAddress } from './address.js';
import { CircuitBreaker, type Permit } from './circuitBreaker.js';
import type {
  BreakerSnapshot,
  ExportDestination,
  ExportResult,
  FlagResult,
  HostExporter,
} from './contract.js';
import { encodeBatch } from './encode.js';
import { ExportPaths } from './endpoints.js';
import { FLAG_TIMEOUT_MS, featureFlagPath, flagResult } from './featureFlag.js';
import { credentialHeaders, printableAscii } from './headers.js';
import { type HttpResult, HttpTransport } from './httpTransport.js';
import { judge } from './judge.js';
import { type AttemptResult, withRetries } from './retry.js';
import { isSupportedRoute, type RouteTimeouts } from './routes.js';
import { linkAbort } from './waiting.js';

const UNAUTHORIZED = 401;
const UNSUPPORTED_ROUTE = 'unsupported_route';

/** Sends to one host and port over HTTPS. */
export class HttpsHostExporter implements HostExporter {
  readonly #options: ResolvedExporterOptions;
  readonly #transport: HttpTransport;
  readonly #breaker: CircuitBreaker;
  readonly #paths: ExportPaths;
  readonly #closed = new AbortController();
  readonly #requests = new Map<string, number>();

  /** @param timeouts shortened in tests */
  constructor(address: HostAddress, options: ResolvedExporterOptions, timeouts?: RouteTimeouts) {
    this.#options = options;
    this.#transport = new HttpTransport(address, timeouts);
    this.#breaker = new CircuitBreaker(address.authority, options.circuitBreaker);
    this.#paths = new ExportPaths(options.authenticatedExport);
  }

  async export(
    records: readonly OperationRecord[],
    destination: ExportDestination,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    const stop = linkAbort([signal, this.#closed.signal]);
    try {
      const result = await this.#export(records, destination, stop.signal);
      diag.debug(`opentelemetry-databricks-sql: export of ${records.length} records: ${describe(result)}`);
      return result;
    } catch (error) {
      // Only a fault of our own can lead here; the same batch would meet it again.
      return this.#terminal(failureCode(error) ?? OTHER_ERROR);
    } finally {
      stop.dispose();
    }
  }

  async fetchFeatureFlag(
    destination: ExportDestination,
    driverVersion: string,
    signal: AbortSignal,
  ): Promise<FlagResult> {
    const stop = linkAbort([signal, this.#closed.signal]);
    try {
      return await this.#fetchFeatureFlag(destination, driverVersion, stop.signal);
    } catch (error) {
      return { outcome: 'failure', error: failureCode(error) ?? OTHER_ERROR };
    } finally {
      stop.dispose();
    }
  }

  breaker(): BreakerSnapshot {
    return this.#breaker.snapshot();
  }

  requests(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#requests);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#transport.close();
  }

  async #export(
    records: readonly OperationRecord[],
    destination: ExportDestination,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    if (records.length === 0) {
      return { outcome: 'success', accepted: 0, rejected: 0 };
    }
    if (!isSupportedRoute(destination.route)) {
      return this.#terminal(UNSUPPORTED_ROUTE);
    }
    if (signal.aborted) {
      return { outcome: 'aborted' };
    }
    const retryInMs = this.#breaker.retryInMs();
    if (retryInMs > 0) {
      return { outcome: 'blocked', retryInMs };
    }
    const identity = await this.#identify(destination, signal);
    if (identity === undefined) {
      const pauseMs = this.#options.circuitBreaker.openMs;
      return signal.aborted ? { outcome: 'aborted' } : { outcome: 'unauthorized', pauseMs };
    }
    const body = this.#encode(records, destination);
    return withRetries(
      (permit) => this.#attempt(body, records.length, destination, identity, permit, signal),
      this.#breaker,
      this.#options.maxRetries,
      signal,
    );
  }

  /** The same bytes for every attempt. All characters are ASCII, so each is one byte. */
  #encode(records: readonly OperationRecord[], { userAgent }: ExportDestination): Buffer {
    const body = encodeBatch(records, {
      uploadTimeMs: Date.now(),
      userAgent: printableAscii(userAgent),
      authenticated: this.#options.authenticatedExport,
    });
    return Buffer.from(body, 'latin1');
  }

  async #attempt(
    body: Buffer,
    sent: number,
    destination: ExportDestination,
    identity: Identity,
    permit: Permit,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    const headers = {
      ...identity.headers,
      'content-type': 'application/json',
      'user-agent': printableAscii(destination.userAgent),
    };
    const { route } = destination;
    const result = await this.#paths.send(async (path) => {
      const answer = await this.#transport.send({ method: 'POST', path, headers, body, route }, signal);
      this.#count(answer);
      return answer;
    });
    this.#rejectIfUnauthorized(result, destination, identity.credentials);
    return judge(result, permit, sent, this.#options.circuitBreaker.openMs);
  }

  /** Who an export request is from; `undefined` if that is not known yet. */
  async #identify(
    { credentials, orgId }: ExportDestination,
    signal: AbortSignal,
  ): Promise<Identity | undefined> {
    return this.#options.authenticatedExport ? identify(credentials, orgId, signal) : NOBODY;
  }

  async #fetchFeatureFlag(
    destination: ExportDestination,
    driverVersion: string,
    signal: AbortSignal,
  ): Promise<FlagResult> {
    const path = featureFlagPath(driverVersion);
    if (path === undefined) {
      return { outcome: 'failure', error: 'driver_version' };
    }
    if (!isSupportedRoute(destination.route)) {
      return { outcome: 'failure', error: UNSUPPORTED_ROUTE };
    }
    const { credentials, orgId, userAgent, route } = destination;
    const identity = await identify(credentials, orgId, signal);
    if (signal.aborted) {
      return { outcome: 'aborted' };
    }
    if (identity === undefined) {
      return { outcome: 'failure', error: 'no_credentials' };
    }
    const headers = { ...identity.headers, 'user-agent': printableAscii(userAgent) };
    const result = await this.#transport.send(
      { method: 'GET', path, headers, route },
      signal,
      FLAG_TIMEOUT_MS,
    );
    this.#rejectIfUnauthorized(result, destination, identity.credentials);
    return flagResult(result);
  }

  #rejectIfUnauthorized(
    result: HttpResult,
    { credentials }: ExportDestination,
    used: CredentialHeaders | undefined,
  ): void {
    if (used !== undefined && result.kind === 'response' && result.status === UNAUTHORIZED) {
      credentials.reject(used);
    }
  }

  #count(answer: HttpResult): void {
    const outcome = requestOutcome(answer);
    if (outcome !== undefined) {
      this.#requests.set(outcome, (this.#requests.get(outcome) ?? 0) + 1);
    }
  }

  #terminal(error: string): ExportResult {
    return { outcome: 'terminal', error, pauseMs: this.#options.circuitBreaker.openMs };
  }
}

interface Identity {
  /** What `CredentialSource.get` gave. */
  readonly credentials: CredentialHeaders | undefined;
  /** Ready to be sent. */
  readonly headers: Readonly<Record<string, string>>;
}

const NOBODY: Identity = { credentials: undefined, headers: {} };

async function identify(
  source: ExportDestination['credentials'],
  orgId: string | undefined,
  signal: AbortSignal,
): Promise<Identity | undefined> {
  const credentials = await source.get(signal);
  const headers = credentials && credentialHeaders(credentials);
  if (credentials === undefined || headers === undefined) {
    return undefined;
  }
  return {
    credentials,
    headers: orgId === undefined ? headers : { ...headers, 'x-databricks-org-id': orgId },
  };
}

/** The outcome of a request as it is counted. A server can't think up new ones: there are few statuses. */
function requestOutcome(answer: HttpResult): string | undefined {
  if (answer.kind === 'aborted') {
    return undefined;
  }
  if (answer.kind === 'failure') {
    return answer.code;
  }
  if (answer.body.kind === 'broken' && answer.body.code !== undefined) {
    return answer.body.code;
  }
  const status = String(answer.status);
  return isHttpStatus(status) ? status : OTHER_ERROR;
}

function describe(result: ExportResult): string {
  return 'error' in result ? `${result.outcome} (${result.error})` : result.outcome;
}
