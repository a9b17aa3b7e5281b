import { type Context, SpanKind, TraceFlags } from '@opentelemetry/api';
import { getConnection } from '../context.js';
import { Guard } from '../guard.js';
import { type HasLocalRule, LOCAL_RULE, type LocalRule } from '../observer.js';
import { describeValue } from '../optionErrors.js';
import { checked, choice, strings } from '../optionKinds.js';
import { type OptionsOf, resolveOptions } from '../optionTable.js';
import type { ReadableSpanLike, SpanProcessorLike } from '../spanShape.js';
import type { ProcessorStats } from '../stats.js';
import { NameSet, TAG_TABLE, withholdOption } from '../tags/index.js';
import { INSTRUMENTATION_SCOPE } from '../version.js';
import { localViewOf } from './localSpanView.js';

/** Options of `exportLocal`. */
export interface ExportLocalOptions {
  /**
   * One span per operation; or the inner spans of statements as well (execute, wait, each CloudFetch download),
   * which are made only if somebody asks for them so. Default 'statements'.
   */
  readonly detail?: 'statements' | 'operations';
  /**
   * Tags that your processor is not to get, besides those that are `exportDatabricks`. Attributes of the span, its
   * events and its links; the span's name and status stay. Default [].
   */
  readonly withhold?: readonly string[];
  /** Scopes whose inner spans `detail` is about. */
  readonly instrumentationScopes?: readonly string[];
}

export const EXPORT_LOCAL_OPTIONS = {
  detail: choice(['statements', 'operations'], {
    default: 'statements',
    variable: 'DATABRICKS_OTEL_DETAIL',
  }),
  withhold: checked(
    'a list of names in [tags.md](tags.md), or names that `db.query.parameter.*` or `exception.*` stands for',
    { default: [], check: withholdOption },
  ),
  instrumentationScopes: strings({ default: [INSTRUMENTATION_SCOPE] }),
} satisfies OptionsOf<ExportLocalOptions>;

/**
 * Puts a filter in front of a processor of yours, so that your backend gets every tag but those that are
 * `exportDatabricks`, and no span that the sampler did not choose. What the processor throws ends here and is
 * counted in `stats()`.
 *
 * @param processor any span processor, for example a BatchSpanProcessor
 * @throws TypeError that names the option, what was wrong and what is allowed
 */
export function exportLocal<Processor extends SpanProcessorLike>(
  processor: Processor,
  options?: ExportLocalOptions,
): SpanProcessorLike & { stats(): Pick<ProcessorStats, 'userCodeFailures'> } {
  if (typeof processor?.onStart !== 'function' || typeof processor.onEnd !== 'function') {
    throw new TypeError(
      `exportLocal: the first argument is ${describeValue(processor)}; allowed is a span processor. ` +
        'The call is: exportLocal(new BatchSpanProcessor(exporter))',
    );
  }
  const { detail, withhold, instrumentationScopes } = resolveOptions(
    { owner: 'exportLocal', table: EXPORT_LOCAL_OPTIONS },
    options,
  );
  const hidden = new NameSet([...DATABRICKS_ONLY, ...withhold]);
  return new LocalExport(processor, detail === 'operations', instrumentationScopes, hidden);
}

const DATABRICKS_ONLY: readonly string[] = TAG_TABLE.rows
  .filter((row) => row.scope === 'exportDatabricks')
  .map((row) => row.name);

class LocalExport implements SpanProcessorLike, HasLocalRule {
  readonly #next: SpanProcessorLike;
  /** Scopes whose inner spans are left out. */
  readonly #withoutInner: ReadonlySet<string>;
  /** Inner spans are made for whoever asks for them. */
  readonly #wantsInner: boolean;
  /** Tags that are left out. */
  readonly #hidden: NameSet;
  readonly #guard = new Guard();
  /** Only there if the other processor has it: the SDK asks. */
  readonly onEnding?: (span: ReadableSpanLike) => void;

  constructor(next: SpanProcessorLike, wantsInner: boolean, scopes: readonly string[], hidden: NameSet) {
    this.#next = next;
    this.#withoutInner = new Set(wantsInner ? [] : scopes);
    this.#wantsInner = wantsInner;
    this.#hidden = hidden;
    if (typeof next.onEnding === 'function') {
      this.onEnding = (span) => {
        if (!this.#isHidden(span)) {
          try {
            this.#watch(next.onEnding?.(span));
          } catch {
            this.#guard.note('spanProcessor');
          }
        }
      };
    }
  }

  onStart(span: ReadableSpanLike, parentContext: Context): void {
    if (this.#wantsInner) {
      const connection = getConnection(parentContext);
      if (connection !== undefined) {
        connection.innerSpansWanted = true;
      }
    }
    if (!this.#isHidden(span)) {
      try {
        this.#watch(this.#next.onStart(span, parentContext));
      } catch {
        this.#guard.note('spanProcessor');
      }
    }
  }

  onEnd(span: ReadableSpanLike): void {
    if (!this.#isHidden(span)) {
      try {
        this.#watch(this.#next.onEnd(localViewOf(span, this.#hidden)));
      } catch {
        this.#guard.note('spanProcessor');
      }
    }
  }

  [LOCAL_RULE](tag: string): LocalRule | undefined {
    if (!this.#hidden.has(tag)) {
      return undefined;
    }
    return DATABRICKS_ONLY.includes(tag) ? 'databricks_only' : 'withheld';
  }

  /** Rejects as the other processor does: the caller wants to know. */
  async forceFlush(): Promise<void> {
    await this.#next.forceFlush();
  }

  /** Rejects as the other processor does. */
  async shutdown(): Promise<void> {
    await this.#next.shutdown();
  }

  stats(): Pick<ProcessorStats, 'userCodeFailures'> {
    return { userCodeFailures: this.#guard.failures() };
  }

  /** Hooks return nothing; one that is asynchronous, against the rules, may reject. */
  #watch(result: unknown): void {
    if (result !== undefined) {
      this.#guard.call('spanProcessor', () => result);
    }
  }

  /** Not sampled, or an inner span that was not asked for. Operations are CLIENT spans, inner ones are not. */
  #isHidden(span: ReadableSpanLike): boolean {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) {
      return true;
    }
    return span.kind !== SpanKind.CLIENT && this.#withoutInner.has(span.instrumentationScope.name);
  }
}
