import type { ResolvedExporterOptions } from '../config.js';
import type { CredentialHeaders } from '../connectionHandle.js';
import { failureCode } from '../failures.js';
import { logDebug } from '../log.js';
import { Observation } from '../observer.js';
import type { OperationRecord } from '../records.js';
import type { Runtime } from '../runtime.js';
import type { BreakerSnapshot } from '../stats.js';
import { OTHER_ERROR } from '../tags/index.js';
import type { HostAddress } from './address.js';
import { CircuitBreaker, type Permit } from './circuitBreaker.js';
import type {
  CredentialNeeds,
  ExportDestination,
  ExportResult,
  FlagRequest,
  FlagResult,
  HostExporter,
} from './contract.js';
import { encodeToBytes } from './encode.js';
import { AUTHENTICATED_PATHS, type ExportPaths, isSuccess, UNAUTHENTICATED_PATHS } from './endpoints.js';
import { featureFlagPath, flagResult } from './flagAnswer.js';
import { exportHeaders, identifiedHeaders, printableAscii } from './headers.js';
import { judge } from './judge.js';
import type { RequestCopy } from './requestCopy.js';
import { observedRequest, outcomeOf, type SentRequest } from './requestOutcome.js';
import { type AttemptResult, withRetries } from './retry.js';
import { isSupportedRoute } from './supportedRoutes.js';
import type { HttpRequest, HttpResult, Transport } from './transport.js';
import { linkAbort } from './waiting.js';

const UNSUPPORTED_ROUTE = 'unsupported_route';
/** Who asks for the flag sets the limit, by the signal. */
const NO_LIMIT_MS = 60_000;

type ExportRequest = HttpRequest & { readonly body: Buffer };

/** What the exporter takes from the machine. */
export interface SendingServices {
  readonly runtime: Runtime;
  readonly createTransport: (address: HostAddress) => Transport;
  /** Who follows what is sent. Default: nobody. */
  readonly observation?: Observation;
  /** Copies what was sent. */
  readonly copy?: RequestCopy;
}

/** Sends to one host and port over HTTPS. */
export class HttpsHostExporter implements HostExporter {
  readonly needsCredentials: CredentialNeeds;
  readonly #options: ResolvedExporterOptions;
  readonly #runtime: Runtime;
  readonly #transport: Transport;
  readonly #breaker: CircuitBreaker;
  /** The one that answered last is the first. */
  #paths: ExportPaths;
  /** By outcome. */
  readonly #requests = new Map<string, number>();
  readonly #closed = new AbortController();
  readonly #address: HostAddress;
  readonly #observation: Observation;
  readonly #copy: RequestCopy | undefined;

  constructor(address: HostAddress, options: ResolvedExporterOptions, services: SendingServices) {
    const { authenticatedExport, circuitBreaker } = options;
    this.needsCredentials = { export: authenticatedExport, flag: true };
    this.#options = options;
    this.#runtime = services.runtime;
    this.#transport = services.createTransport(address);
    this.#address = address;
    const observation = services.observation ?? new Observation();
    this.#observation = observation;
    this.#copy = services.copy;
    this.#breaker = new CircuitBreaker(address.authority, circuitBreaker, services.runtime, (state) =>
      observation.noteBreaker(address.authority, state),
    );
    this.#paths = authenticatedExport ? AUTHENTICATED_PATHS : UNAUTHENTICATED_PATHS;
  }

  async export(
    records: readonly OperationRecord[],
    destination: ExportDestination,
    credentials: CredentialHeaders | undefined,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    const stop = linkAbort([signal, this.#closed.signal]);
    try {
      const result = await this.#export(records, destination, credentials, stop.signal);
      logDebug(`export of ${records.length} records: ${describe(result)}`);
      return result;
    } catch (error) {
      // Only a fault of our own can lead here; the same batch would meet it again.
      return this.#terminal(failureCode(error) ?? OTHER_ERROR);
    } finally {
      stop.dispose();
    }
  }

  async fetchFeatureFlag(request: FlagRequest, signal: AbortSignal): Promise<FlagResult> {
    const stop = linkAbort([signal, this.#closed.signal]);
    try {
      return await this.#fetchFeatureFlag(request, stop.signal);
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
    if (this.#breaker.snapshot().state !== 'closed') {
      // The next breaker of the host begins closed.
      this.#observation.noteBreaker(this.#address.authority, 'forgotten');
    }
    await this.#transport.close();
  }

  async #export(
    records: readonly OperationRecord[],
    destination: ExportDestination,
    credentials: CredentialHeaders | undefined,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    if (records.length === 0) {
      return { outcome: 'success', accepted: 0, rejected: 0 };
    }
    if (!isSupportedRoute(destination.route.connection)) {
      return this.#terminal(UNSUPPORTED_ROUTE);
    }
    if (signal.aborted) {
      return { outcome: 'aborted' };
    }
    const retryInMs = this.#breaker.retryInMs();
    if (retryInMs > 0) {
      return { outcome: 'blocked', retryInMs };
    }
    const { authenticatedExport: authenticated, maxRetries } = this.#options;
    const headers = exportHeaders(destination, credentials, authenticated);
    if (headers === undefined) {
      return { outcome: 'unauthorized' };
    }
    // The same bytes for every attempt.
    const body = encodeToBytes(records, {
      uploadTimeMs: this.#runtime.epochNow(),
      userAgent: printableAscii(destination.userAgent),
      authenticated,
    });
    const request = { method: 'POST', headers, body, route: destination.route } as const;
    return withRetries(
      (permit) => this.#attempt(request, records, permit, signal),
      { breaker: this.#breaker, maxRetries, runtime: this.#runtime },
      signal,
    );
  }

  /** Sends to the path that answered last; at a 404, once to the other. */
  async #attempt(
    request: Omit<ExportRequest, 'path'>,
    records: readonly OperationRecord[],
    permit: Permit,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    const [preferred, other] = this.#paths;
    let answer = await this.#send({ ...request, path: preferred }, records, signal);
    if (answer.kind === 'response' && answer.status === 404) {
      answer = await this.#send({ ...request, path: other }, records, signal);
      if (answer.kind === 'response' && isSuccess(answer.status)) {
        this.#paths = [other, preferred];
      }
    }
    return judge(answer, permit, records.length, this.#options.circuitBreaker.openMs);
  }

  /** One request, counted. */
  async #send(
    request: ExportRequest,
    records: readonly OperationRecord[],
    signal: AbortSignal,
  ): Promise<HttpResult> {
    const sentAt = this.#runtime.epochNow();
    const answer = await this.#transport.send(request, signal);
    const outcome = outcomeOf(answer);
    if (outcome !== undefined) {
      this.#requests.set(outcome, (this.#requests.get(outcome) ?? 0) + 1);
      const { body, path } = request;
      const { host, port } = this.#address;
      this.#report(answer, { host, port, path, body, records, sentAt, outcome });
    }
    return answer;
  }

  /** Reports a request to the copy and to the observer. */
  #report(answer: HttpResult, request: SentRequest): void {
    if (this.#copy !== undefined || this.#observation.observer !== undefined) {
      const observed = observedRequest(answer, request, this.#runtime.epochNow());
      this.#copy?.add(observed);
      this.#observation.observer?.onRequest(observed);
    }
  }

  async #fetchFeatureFlag(
    { destination, credentials, driverVersion }: FlagRequest,
    signal: AbortSignal,
  ): Promise<FlagResult> {
    const path = featureFlagPath(driverVersion);
    if (path === undefined) {
      return { outcome: 'failure', error: 'driver_version' };
    }
    if (!isSupportedRoute(destination.route.connection)) {
      return { outcome: 'failure', error: UNSUPPORTED_ROUTE };
    }
    const headers = identifiedHeaders(destination, credentials);
    if (headers === undefined) {
      return { outcome: 'unauthorized' };
    }
    if (signal.aborted) {
      return { outcome: 'aborted' };
    }
    // The flag's and the export's requests count against one limit at the server.
    const retryInMs = this.#breaker.quietMs();
    if (retryInMs > 0) {
      return { outcome: 'blocked', retryInMs };
    }
    const { route } = destination;
    const answer = await this.#transport.send(
      { method: 'GET', path, headers, route, timeoutMs: NO_LIMIT_MS },
      signal,
    );
    this.#breaker.heed(answer.kind === 'response' ? answer.retryAfterMs : undefined);
    return flagResult(answer);
  }

  #terminal(error: string): ExportResult {
    return { outcome: 'terminal', error, pauseMs: this.#options.circuitBreaker.openMs };
  }
}

function describe(result: ExportResult): string {
  return 'error' in result ? `${result.outcome} (${result.error})` : result.outcome;
}
