import type { Writable } from 'node:stream';
import type { CredentialHeaders } from '../connectionHandle.js';
import type { OurVariable } from '../environment.js';
import { DRY_RUN_PATH, type Observation, WRITTEN } from '../observer.js';
import { optionError } from '../optionErrors.js';
import { flag, value } from '../optionKinds.js';
import { type OptionsOf, type Resolved, resolveOptions } from '../optionTable.js';
import type { OperationRecord } from '../records.js';
import type { BreakerSnapshot } from '../stats.js';
import { parseAddress } from './address.js';
import type {
  CredentialNeeds,
  ExportDestination,
  ExportResult,
  FlagResult,
  HostExporter,
  RecordExporter,
} from './contract.js';
import { encodeBatch } from './encode.js';
import { FileLines } from './fileLines.js';
import { printableAscii } from './headers.js';
import { type LineSink, StreamLines } from './lineSink.js';
import { putInside } from './opaque.js';
import { isSupportedRoute } from './supportedRoutes.js';

/** A path here makes every processor of the process write instead of send. */
export const DRY_RUN_VARIABLE = 'DATABRICKS_OTEL_DRY_RUN' satisfies OurVariable;

/** Options of `DryRunExporter`. */
export interface DryRunExporterOptions {
  /** Where the request bodies are written. It is not ended. */
  readonly stream?: Writable;
  /**
   * Path of a file that they are appended to, instead of `stream`. It is created for its owner only; a file that
   * is there and that others may read or write, that belongs to somebody else, or a symbolic link, is refused.
   */
  readonly file?: string;
  /** False shows what would go to the unauthenticated path. Default true. */
  readonly authenticatedExport?: boolean;
}

export const DRY_RUN_OPTIONS = {
  stream: value<Writable>('a writable stream', { accepts: isStream }),
  file: value<string>('the path of a file', { variable: DRY_RUN_VARIABLE, accepts: isPath }),
  authenticatedExport: flag({ default: true }),
} satisfies OptionsOf<DryRunExporterOptions>;

const OWNER = 'DryRunExporter';

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

  /**
   * @param options see `DryRunExporterOptions`; every one has a default
   * @throws TypeError that names the option, what was wrong and what is allowed
   * @throws Error with the path, if the file can't be written or others have access to it
   */
  constructor(options: DryRunExporterOptions = {}) {
    const resolved = resolveOptions({ owner: OWNER, table: DRY_RUN_OPTIONS }, options);
    const sink = sinkFor(resolved);
    putInside(this, {
      authenticated: resolved.authenticatedExport,
      supportsHost: (host, port) => parseAddress(host, port) !== undefined,
      supportsRoute: isSupportedRoute,
      openHost: (host, port, observation) =>
        new DryRunHost({ host, port }, sink, { authenticated: resolved.authenticatedExport, observation }),
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
        rejected: 0,
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

function sinkFor({ stream, file }: Resolved<typeof DRY_RUN_OPTIONS>): LineSink {
  if (file === undefined) {
    return new StreamLines(stream ?? process.stdout);
  }
  if (stream !== undefined) {
    throw optionError({ owner: OWNER, name: 'file' }, file, "left out where there is a 'stream'");
  }
  try {
    return new FileLines(file);
  } catch (error) {
    throw new Error(`${OWNER}: option 'file': ${(error as Error).message}`, { cause: error });
  }
}

function isStream(given: unknown): boolean {
  const { write, on } = (given ?? {}) as Partial<Writable>;
  return typeof write === 'function' && typeof on === 'function';
}

function isPath(given: unknown): boolean {
  return typeof given === 'string' && given !== '' && !given.includes('\0');
}
