import type { ResolvedExporterOptions } from '../config.js';
import { failureCode } from '../failures.js';
import type { OperationRecord } from '../records.js';
import { OTHER_ERROR } from '../tags/index.js';
import type { HostAddress } from './address.js';
import { CircuitBreaker, type Permit } from './circuitBreaker.js';
import type {
  BreakerSnapshot,
  ExportDestination,
  ExportResult,
  FlagResult,
  HostExporter,
} from './contract.js';
import { encodeToBytes } from './encode.js';
import { ExportPaths } from './endpoints.js';
import { FLAG_TIMEOUT_MS, featureFlagPath, flagResult } from './featureFlag.js';
import { printableAscii } from './headers.js';
import { HttpTransport } from './httpTransport.js';
import { type Identity, identify, NOBODY } from './identity.js';
import { judge } from './judge.js';
import type { Network } from './loadNetwork.js';
import { debugLog } from './quietly.js';
import { RequestCounts } from './requestCounts.js';
import { type AttemptResult, withRetries } from './retry.js';
import type { RouteTimeouts } from './routes.js';
import { isSupportedRoute } from './supportedRoutes.js';
import { linkAbort } from './waiting.js';

const UNSUPPORTED_ROUTE = 'unsupported_route';

/** Sends to one host and port over HTTPS. */
export class HttpsHostExporter implements HostExporter {
  readonly #options: ResolvedExporterOptions;
  readonly #transport: HttpTransport;
  readonly #breaker: CircuitBreaker;
  readonly #paths: ExportPaths;
  readonly #requests = new RequestCounts();
  readonly #closed = new AbortController();

  /** @param timeouts shortened in tests */
  constructor(
    address: HostAddress,
    options: ResolvedExporterOptions,
    network: Promise<Network>,
    timeouts?: RouteTimeouts,
  ) {
    this.#options = options;
    this.#transport = new HttpTransport(address, network, timeouts);
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
      debugLog(`export of ${records.length} records: ${describe(result)}`);
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
    return this.#requests.snapshot();
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
    const identity = this.#options.authenticatedExport ? await identify(destination, signal) : NOBODY;
    if (identity === undefined) {
      return signal.aborted
        ? { outcome: 'aborted' }
        : { outcome: 'unauthorized', pauseMs: this.#options.circuitBreaker.openMs };
    }
    const body = this.#encode(records, destination);
    return withRetries(
      (permit) => this.#attempt(body, records.length, destination, identity, permit, signal),
      this.#breaker,
      this.#options.maxRetries,
      signal,
    );
  }

  /** The same bytes for every attempt. */
  #encode(records: readonly OperationRecord[], { userAgent }: ExportDestination): Buffer {
    return encodeToBytes(records, {
      uploadTimeMs: Date.now(),
      userAgent: printableAscii(userAgent),
      authenticated: this.#options.authenticatedExport,
    });
  }

  async #attempt(
    body: Buffer,
    sent: number,
    { route, userAgent }: ExportDestination,
    identity: Identity,
    permit: Permit,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    const headers = {
      ...identity.headers,
      'content-type': 'application/json',
      'user-agent': printableAscii(userAgent),
    };
    const result = await this.#paths.send(async (path) => {
      const answer = await this.#transport.send({ method: 'POST', path, headers, body, route }, signal);
      this.#requests.add(answer);
      return answer;
    });
    identity.heed(result);
    return judge(result, permit, sent, this.#options.circuitBreaker.openMs);
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
    const identity = await identify(destination, signal);
    if (identity === undefined) {
      return signal.aborted ? { outcome: 'aborted' } : { outcome: 'failure', error: 'no_credentials' };
    }
    const { route, userAgent } = destination;
    const headers = { ...identity.headers, 'user-agent': printableAscii(userAgent) };
    const answer = await this.#transport.send(
      { method: 'GET', path, headers, route },
      signal,
      FLAG_TIMEOUT_MS,
    );
    identity.heed(answer);
    return flagResult(answer);
  }

  #terminal(error: string): ExportResult {
    return { outcome: 'terminal', error, pauseMs: this.#options.circuitBreaker.openMs };
  }
}

function describe(result: ExportResult): string {
  return 'error' in result ? `${result.outcome} (${result.error})` : result.outcome;
}
