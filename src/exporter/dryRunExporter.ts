import type { Writable } from 'node:stream';
import type { CredentialHeaders } from '../connectionHandle.js';
import { DRY_RUN_PATH, type Observation, WRITTEN } from '../observer.js';
import { booleanOption, optionError, rejectUnknownOptions } from '../optionChecks.js';
import type { OperationRecord } from '../records.js';
import { parseAddress } from './address.js';
import type {
  BreakerSnapshot,
  CredentialNeeds,
  ExportDestination,
  ExportResult,
  FlagResult,
  HostExporter,
  RecordExporter,
} from './contract.js';
import { encodeBatch } from './encode.js';
import { printableAscii } from './headers.js';
import { FileLines, type LineSink, StreamLines } from './lineSink.js';
import { putInside } from './opaque.js';
import { isSupportedRoute } from './supportedRoutes.js';

export interface DryRunExporterOptions {
  /** Where the request bodies are written. Default: standard output. */
  readonly stream?: Writable;
  /** Path of a file that they are appended to, instead of a stream. Made readable for its owner only. */
  readonly file?: string;
  /** As in `DatabricksExporterOptions`: false shows what goes to the unauthenticated path. Default true. */
  readonly authenticatedExport?: boolean;
}

/** How soon a sink that could not keep up is tried again. */
const RETRY_AFTER_MS = 1_000;
const CLOSED: BreakerSnapshot = { state: 'closed', openSince: undefined, transitions: 0 };
const ENABLED: FlagResult = { outcome: 'answer', enabled: true, ttlSeconds: undefined };

/**
 * Writes the exact request bodies that `DatabricksExporter` would send, one JSON document per line, and
 * sends nothing: no request leaves, the one for the feature flag included, which counts as enabled.
 * Credentials are not asked for and appear nowhere.
 */
export class DryRunExporter {
  readonly [Symbol.toStringTag] = 'DryRunExporter';

  /** @throws TypeError that names the option, what was wrong and what is allowed */
  constructor(options: DryRunExporterOptions = {}) {
    rejectUnknownOptions('DryRunExporter', options, ['stream', 'file', 'authenticatedExport']);
    const authenticated = booleanOption('authenticatedExport', options.authenticatedExport, true);
    const sink = sinkFor(options);
    putInside(this, {
      supportsHost: (host, port) => parseAddress(host, port) !== undefined,
      supportsRoute: isSupportedRoute,
      openHost: (host, port, observation) =>
        new DryRunHost({ host, port }, sink, { authenticated, observation }),
    } satisfies RecordExporter);
  }
}

class DryRunHost implements HostExporter {
  readonly needsCredentials: CredentialNeeds = { export: false, flag: false };
  readonly #sink: LineSink;
  readonly #authenticated: boolean;
  readonly #address: { readonly host: string; readonly port: number };
  readonly #observation: Observation | undefined;
  readonly #outcomes = new Map<string, number>();
  #closed = false;

  constructor(
    address: { readonly host: string; readonly port: number },
    sink: LineSink,
    options: { readonly authenticated: boolean; readonly observation: Observation | undefined },
  ) {
    this.#address = address;
    this.#sink = sink;
    this.#authenticated = options.authenticated;
    this.#observation = options.observation;
  }

  async export(
    records: readonly OperationRecord[],
    { userAgent }: ExportDestination,
    _credentials: CredentialHeaders | undefined,
    signal: AbortSignal,
  ): Promise<ExportResult> {
    if (this.#closed || signal.aborted) {
      return { outcome: 'aborted' };
    }
    const line = encodeBatch(records, {
      uploadTimeMs: Date.now(),
      userAgent: printableAscii(userAgent),
      authenticated: this.#authenticated,
    });
    const written = await this.#sink.write(`${line}\n`, signal);
    if (written !== 'aborted') {
      this.#outcomes.set(written, (this.#outcomes.get(written) ?? 0) + 1);
      this.#observation?.observer?.onRequest({
        ...this.#address,
        records,
        body: Buffer.from(line),
        path: DRY_RUN_PATH,
        sentAt: Date.now(),
        durationMs: 0,
        outcome: written,
        accepted: written === WRITTEN,
      });
    }
    switch (written) {
      case 'written':
        return { outcome: 'success', accepted: records.length, rejected: 0 };
      case 'busy':
        return { outcome: 'blocked', retryInMs: RETRY_AFTER_MS };
      case 'failed':
        return { outcome: 'terminal', error: 'write_failed', pauseMs: 0 };
      case 'aborted':
        return { outcome: 'aborted' };
    }
  }

  async fetchFeatureFlag(): Promise<FlagResult> {
    return ENABLED;
  }

  breaker(): BreakerSnapshot {
    return CLOSED;
  }

  /** No requests, but lines, by outcome: `written`, `busy`, `failed`. */
  requests(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#outcomes);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}

function sinkFor({ stream, file }: DryRunExporterOptions): LineSink {
  if (file === undefined) {
    if (stream !== undefined && (typeof stream?.write !== 'function' || typeof stream.on !== 'function')) {
      throw optionError('stream', stream, 'a writable stream');
    }
    return new StreamLines(stream ?? process.stdout);
  }
  if (typeof file !== 'string' || file === '' || file.includes('\0')) {
    throw optionError('file', file, 'the path of a file');
  }
  if (stream !== undefined) {
    throw optionError('file', file, "left out where there is a 'stream'");
  }
  return new FileLines(file);
}
