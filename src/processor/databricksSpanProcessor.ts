import type { Context } from '@opentelemetry/api';
import { type DatabricksSpanProcessorOptions, resolveProcessorOptions } from '../config.js';
import type { ConnectionHandle, DownloadFailure } from '../connectionHandle.js';
import { getConnection, isDatabricksTelemetrySuppressed } from '../context.js';
import { chooseExporter } from '../exporter/chooseExporter.js';
import { checkCopyTarget } from '../exporter/databricksExporter.js';
import { failureClassOf } from '../failures.js';
import { Guard } from '../guard.js';
import { createHosts } from '../hosts/createHosts.js';
import type { HostRegistry } from '../hosts/hostRegistry.js';
import { type FallOutReason, InFlight } from '../inFlight.js';
import { logDebug } from '../log.js';
import { type NoRecordReason, OBSERVATION, Observation } from '../observer.js';
import { rejectFurtherArguments } from '../optionErrors.js';
import type { ReadableSpanLike, SpanProcessorLike } from '../spanShape.js';
import type { ProcessorStats } from '../stats.js';
import { TAG_TABLE, Tag } from '../tags/index.js';
import { OpenOperation } from './openOperation.js';
import { ProcessorCounters } from './processorCounters.js';
import { ProcessorMetrics } from './processorMetrics.js';
import { ProcessorReports } from './processorReports.js';
import { RecordMaker } from './recordMaker.js';
import { ServedConnection } from './servedConnection.js';

/**
 * The instrumentation may have the same time to live for its spans. It goes first, since it knows more when it ends
 * them.
 */
const EXPIRY_MARGIN_MS = 1_000;

/**
 * Filters the spans of the Databricks driver by the tag table, aggregates them into one record per
 * operation and sends the records to Databricks, if the gate lets them. Register it beside the
 * processors that you already have. It never throws out of a hook and never modifies a span.
 */
export class DatabricksSpanProcessor implements SpanProcessorLike {
  readonly [Symbol.toStringTag] = 'DatabricksSpanProcessor';
  /** @internal For the inspector. */
  readonly [OBSERVATION]: Observation;
  readonly #observation: Observation;
  readonly #scopes: ReadonlySet<string>;
  /** The one scope there usually is: comparing it costs less than a look-up. */
  readonly #onlyScope: string | undefined;
  readonly #shutdownTimeoutMs: number;
  readonly #hosts: HostRegistry;
  readonly #open: InFlight<OpenOperation>;
  readonly #maxInFlight: number;
  readonly #ttlMs: number;
  readonly #records: RecordMaker;
  readonly #counters = new ProcessorCounters();
  readonly #guard = new Guard();
  /** Where we are registered twice, each span ends twice, one right after the other. */
  #lastDownloadId: string | undefined = undefined;
  readonly #metrics: ProcessorMetrics;
  readonly #reports: ProcessorReports;
  #shutdown: Promise<void> | undefined = undefined;

  /**
   * @param options see `DatabricksSpanProcessorOptions`; every one has a default
   * @throws TypeError that names the option, what was wrong and what is allowed
   */
  constructor(options: DatabricksSpanProcessorOptions = {}, ...none: readonly never[]) {
    rejectFurtherArguments('DatabricksSpanProcessor', none);
    const resolved = resolveProcessorOptions(options);
    this.#observation = new Observation(resolved.withhold);
    this[OBSERVATION] = this.#observation;
    this.#scopes = new Set(resolved.instrumentationScopes);
    this.#onlyScope = this.#scopes.size === 1 ? resolved.instrumentationScopes[0] : undefined;
    this.#shutdownTimeoutMs = resolved.shutdownTimeoutMs;
    this.#records = new RecordMaker(TAG_TABLE, resolved.withhold);
    if (resolved.givenExporter === undefined) {
      checkCopyTarget('DatabricksSpanProcessor', resolved.exporter.copyTo);
    }
    const exporter = chooseExporter(resolved, process.env);
    this.#hosts = createHosts(resolved, exporter, {
      guard: this.#guard,
      observation: this.#observation,
    });
    this.#open = new InFlight((operation, reason) => this.#emitIncomplete(operation, reason));
    this.#maxInFlight = resolved.maxInFlightStatements;
    this.#ttlMs = resolved.statementTtlMs + EXPIRY_MARGIN_MS;
    this.#metrics = new ProcessorMetrics(resolved.meterProvider, this.#guard, () => this.#snapshot());
    const isDryRun = exporter?.[Symbol.toStringTag] === 'DryRunExporter';
    this.#reports = new ProcessorReports(isDryRun, this.#observation);
  }

  onStart(span: ReadableSpanLike, parentContext: Context): void {
    if (this.#isForeign(span)) {
      return;
    }
    try {
      this.#onDriverSpanStart(span, parentContext);
    } catch (error) {
      this.#onInternalError(error);
    }
  }

  onEnd(span: ReadableSpanLike): void {
    if (this.#isForeign(span)) {
      return;
    }
    try {
      this.#onDriverSpanEnd(span);
    } catch (error) {
      this.#onInternalError(error);
    }
  }

  /** Sends what is queued and waits for it and for what is in flight, at most `shutdownTimeoutMs`. Never rejects. */
  async forceFlush(): Promise<void> {
    try {
      await this.#hosts.forceFlush(this.#shutdownTimeoutMs);
    } catch (error) {
      this.#onInternalError(error);
    }
  }

  /**
   * Emits what is in flight as incomplete, sends what is queued, and stops, all within
   * `shutdownTimeoutMs`. Idempotent; never rejects. Later spans are left alone.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#stop();
    return this.#shutdown;
  }

  /** What the processor has done so far, and its state now. */
  stats(): ProcessorStats {
    this.#metrics.look();
    return this.#snapshot();
  }

  #snapshot(): ProcessorStats {
    return {
      ...this.#hosts.stats(),
      openStatements: this.#open.size,
      evicted: this.#counters.evicted,
      expired: this.#counters.expired,
      incomplete: this.#counters.incomplete,
      lateChildren: this.#counters.lateChildren,
      failedDownloadsDropped: this.#counters.failedDownloadsDropped,
      invalidValues: this.#records.invalidValues,
      internalErrors: this.#counters.internalErrors,
    };
  }

  #isForeign(span: ReadableSpanLike): boolean {
    const { name } = span.instrumentationScope;
    return this.#onlyScope === undefined ? !this.#scopes.has(name) : name !== this.#onlyScope;
  }

  #onDriverSpanStart(span: ReadableSpanLike, parentContext: Context): void {
    const handle = getConnection(parentContext);
    if (this.#shutdown !== undefined) {
      if (handle !== undefined && handle.served === undefined) {
        // Refused, and counted.
        this.#serve(handle);
      }
      return;
    }
    if (handle === undefined) {
      this.#noteSkipped(span, 'no_connection');
      return;
    }
    if (handle.served === undefined) {
      this.#reports.onConnection();
      this.#metrics.onActivity();
      this.#serve(handle);
      this.#reports.onDecided(handle);
    }
    if (!isOperation(span)) {
      return;
    }
    const { served } = handle;
    if (!(served instanceof ServedConnection) || served.server !== this) {
      this.#noteSkipped(span, 'reported_elsewhere');
      return;
    }
    if (!served.lease.enabled) {
      this.#noteSkipped(span, 'switched_off');
      return;
    }
    if (isDatabricksTelemetrySuppressed(parentContext)) {
      this.#noteSkipped(span, 'suppressed');
      return;
    }
    const operation = new OpenOperation(span, handle, served.lease);
    // Where we are registered twice, each span starts twice, one right after the other.
    if (this.#open.newest?.key !== operation.key) {
      this.#open.makeRoom(this.#maxInFlight);
      this.#open.add(operation, this.#ttlMs);
    }
  }

  /** The first processor that meets a connection serves it, unless the driver reports it already. */
  #serve(handle: ConnectionHandle): void {
    if (handle.selfReporting) {
      return;
    }
    const lease = this.#hosts.acquire(handle);
    if (lease !== undefined) {
      handle.served = new ServedConnection(this, lease, this.#onDownloadFailed);
    }
  }

  #onDriverSpanEnd(span: ReadableSpanLike): void {
    const { spanId } = span.spanContext();
    const operation = this.#open.get(spanId);
    if (operation !== undefined) {
      this.#open.remove(operation);
      this.#emit(operation, span);
    } else if (span.attributes[Tag.chunkIndex] !== undefined) {
      this.#onDownloadEnd(span, spanId);
    } else if (this.#observation.observer !== undefined && isOperation(span)) {
      this.#observation.observer.onOperation(span, []);
    }
  }

  #noteSkipped(span: ReadableSpanLike, reason: NoRecordReason): void {
    this.#observation.observer?.onOperationSkipped(span.spanContext().spanId, reason);
  }

  #onDownloadEnd(span: ReadableSpanLike, spanId: string): void {
    if (spanId === this.#lastDownloadId) {
      return;
    }
    this.#lastDownloadId = spanId;
    const parentId = span.parentSpanContext?.spanId;
    const statement = parentId === undefined ? undefined : this.#open.get(parentId);
    if (statement === undefined) {
      this.#counters.lateChildren++;
      return;
    }
    if (!this.#records.addDownload(statement, span)) {
      this.#counters.failedDownloadsDropped++;
    }
  }

  readonly #onDownloadFailed = (failure: DownloadFailure): void => {
    try {
      const statement = this.#open.get(failure.statementSpanId);
      if (statement === undefined) {
        this.#counters.lateChildren++;
      } else if (!this.#records.addFailedDownload(statement, failure)) {
        this.#counters.failedDownloadsDropped++;
      }
    } catch (error) {
      this.#onInternalError(error);
    }
  };

  #emitIncomplete(operation: OpenOperation, reason: FallOutReason): void {
    this.#counters[reason]++;
    this.#counters.incomplete++;
    this.#emit(operation, operation.span);
  }

  /** The one place where records are handed on: once per operation, at its end. */
  #emit(operation: OpenOperation, span: ReadableSpanLike): void {
    const { lease } = operation;
    const record = this.#records.ofOperation(span, operation);
    const { errorName } = record;
    if (span.attributes[Tag.operationIncomplete] === true) {
      this.#counters.incomplete++;
    }
    const { failedDownloads } = operation;
    const downloads = failedDownloads && this.#records.ofDownloads(failedDownloads, record);
    this.#records.withhold(record);
    const handleTags = record.connection === undefined ? undefined : operation.connection.tags;
    this.#observation.observer?.onOperation(span, [record, ...(downloads ?? [])], handleTags);
    if (downloads !== undefined) {
      for (const download of downloads) {
        lease.enqueue(download);
      }
    }
    this.#metrics.onActivity();
    lease.enqueue(record);
    if (errorName !== undefined && failureClassOf(errorName) === 'terminal') {
      lease.flush();
    }
  }

  async #stop(): Promise<void> {
    try {
      for (const operation of this.#open.drain()) {
        this.#counters.incomplete++;
        this.#emit(operation, operation.span);
      }
      await this.#hosts.shutdown(this.#shutdownTimeoutMs);
      this.#metrics.stop();
    } catch (error) {
      this.#onInternalError(error);
    }
  }

  #onInternalError(error: unknown): void {
    this.#counters.internalErrors++;
    logDebug('a span could not be processed', error);
  }
}

/** Operations have a type of their own or of their statement; `connect` and inner spans have neither. */
function isOperation(span: ReadableSpanLike): boolean {
  const { attributes } = span;
  return attributes[Tag.operationType] !== undefined || attributes[Tag.statementType] !== undefined;
}
