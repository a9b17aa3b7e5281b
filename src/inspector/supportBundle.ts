import type { LifeEvent, RecordState } from './model.js';
import { type RecordEntry, textOf } from './recordLog.js';

/** A record as Databricks got it, or would have got it. */
interface BundledRecord {
  readonly state: RecordState;
  readonly reason: string | undefined;
  readonly life: readonly LifeEvent[];
  readonly wasSent: boolean;
  readonly log: unknown;
}

/** Numbers and words of closed lists, by name. */
export interface BundledFacts {
  readonly [name: string]: string | number | boolean | undefined | BundledFacts | readonly BundledFacts[];
}

/**
 * What can be attached to a support ticket unread: records as Databricks gets them, what the gate and the flag
 * said, losses, the circuit breaker's history, versions. It is made from records and counts. Spans, which have
 * the user's texts, are out of its reach.
 */
export interface SupportBundle {
  readonly format: 'opentelemetry-databricks-sql/support-bundle/v1';
  readonly madeAt: string;
  readonly versions: BundledFacts;
  readonly state: BundledFacts;
  readonly records: readonly BundledRecord[];
}

/** A record with its log as text. */
export type BundleEntry = Omit<BundledRecord, 'log'> & { readonly log: string | undefined };

export function supportBundle(
  versions: BundledFacts,
  state: BundledFacts,
  entries: readonly BundleEntry[],
): SupportBundle {
  return {
    format: 'opentelemetry-databricks-sql/support-bundle/v1',
    madeAt: new Date().toISOString(),
    versions,
    state,
    records: entries.map(({ log, ...entry }) => ({
      ...entry,
      log: log === undefined ? undefined : JSON.parse(log),
    })),
  };
}

/** @param authenticated whether logs say whose they are */
export function bundleEntry(entry: RecordEntry, authenticated: boolean): BundleEntry {
  const { state, reason, life } = entry;
  return { state, reason, life: [...life], ...textOf(entry, authenticated) };
}
