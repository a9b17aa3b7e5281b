import { type Context, SpanKind, TraceFlags } from '@opentelemetry/api';
import { type HasLocalRule, LOCAL_RULE, type LocalRule } from '../observer.js';
import { choiceOption, rejectUnknownOptions, stringListOption } from '../optionChecks.js';
import { NameSet, TAG_TABLE, withholdOption } from '../tags/index.js';
import { INSTRUMENTATION_SCOPE } from '../version.js';
import { localViewOf } from './localSpanView.js';
import type { ReadableSpanLike, SpanProcessorLike } from './spanShape.js';

export interface ExportLocalOptions {
  /**
   * `statements`: one span per operation. `operations`: the inner spans of statements as well (execute,
   * wait, CloudFetch downloads). Default `statements`.
   */
  readonly detail?: 'statements' | 'operations';
  /**
   * Tags that the processor is not to get, besides those that are `exportDatabricks`: their names in the table
   * of tags; `exception.*` and `db.query.parameter.*` stand for all that begin so. The span's name and status
   * stay. Default: none.
   */
  readonly withhold?: readonly string[];
  /** Scopes whose inner spans `detail` is about. Default: this package's instrumentation. */
  readonly instrumentationScopes?: readonly string[];
}

/**
 * Puts a filter in front of a processor of yours, so that your backend gets every tag but those that are
 * `exportDatabricks`, and no span that the sampler did not choose.
 *
 * @param processor any span processor, for example a BatchSpanProcessor
 * @throws TypeError that names the option, what was wrong and what is allowed
 */
export function exportLocal<Processor extends SpanProcessorLike>(
  processor: Processor,
  options: ExportLocalOptions = {},
): SpanProcessorLike {
  if (typeof processor?.onStart !== 'function' || typeof processor.onEnd !== 'function') {
    throw new TypeError('exportLocal: the first argument must be a span processor');
  }
  rejectUnknownOptions('exportLocal', options, ['detail', 'withhold', 'instrumentationScopes']);
  const detail = choiceOption('detail', options.detail, 'statements', ['statements', 'operations']);
  const scopes = stringListOption('instrumentationScopes', options.instrumentationScopes, [
    INSTRUMENTATION_SCOPE,
  ]);
  const hidden = new NameSet([...DATABRICKS_ONLY, ...withholdOption('exportLocal', options.withhold)]);
  return new LocalExport(processor, detail === 'statements' ? new Set(scopes) : new Set(), hidden);
}

const DATABRICKS_ONLY: readonly string[] = TAG_TABLE.rows
  .filter((row) => row.scope === 'exportDatabricks')
  .map((row) => row.name);

class LocalExport implements SpanProcessorLike, HasLocalRule {
  readonly #next: SpanProcessorLike;
  /** Scopes whose inner spans are left out. */
  readonly #withoutInner: ReadonlySet<string>;
  /** Tags that are left out. */
  readonly #hidden: NameSet;
  /** Only there if the other processor has it: the SDK asks. */
  readonly onEnding?: (span: ReadableSpanLike) => void;

  constructor(next: SpanProcessorLike, withoutInner: ReadonlySet<string>, hidden: NameSet) {
    this.#next = next;
    this.#withoutInner = withoutInner;
    this.#hidden = hidden;
    if (typeof next.onEnding === 'function') {
      this.onEnding = (span) => {
        if (!this.#isHidden(span)) {
          next.onEnding?.(span);
        }
      };
    }
  }

  onStart(span: ReadableSpanLike, parentContext: Context): void {
    if (!this.#isHidden(span)) {
      this.#next.onStart(span, parentContext);
    }
  }

  onEnd(span: ReadableSpanLike): void {
    if (!this.#isHidden(span)) {
      this.#next.onEnd(localViewOf(span, this.#hidden));
    }
  }

  [LOCAL_RULE](tag: string): LocalRule | undefined {
    if (!this.#hidden.has(tag)) {
      return undefined;
    }
    return DATABRICKS_ONLY.includes(tag) ? 'databricks_only' : 'withheld';
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }

  /** Not sampled, or an inner span that was not asked for. Operations are CLIENT spans, inner ones are not. */
  #isHidden(span: ReadableSpanLike): boolean {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) {
      return true;
    }
    return span.kind !== SpanKind.CLIENT && this.#withoutInner.has(span.instrumentationScope.name);
  }
}
