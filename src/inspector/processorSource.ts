import type { Observation } from '../observer.js';
import { bundledState } from './bundledState.js';
import type { OperationDetail, OperationSummary, StateView, TableRow } from './model.js';
import type { ObservedStats } from './observed.js';
import { type DetailRules, detailOf, summaryOf } from './operationView.js';
import { MAX_BYTES, MAX_OPERATIONS, Recording } from './recording.js';
import { textOf } from './recordLog.js';
import type { Source } from './source.js';
import { stateView } from './stateView.js';
import { bundleEntry, type SupportBundle, supportBundle } from './supportBundle.js';
import { tableRows } from './tableRows.js';
import { type LineRules, textsOnRequest } from './tagLines.js';
import { ago } from './times.js';
import { bundledVersions } from './versions.js';
import { fieldsOf } from './wireLog.js';

/** A running processor, as far as the inspector needs it. */
export interface Subject {
  readonly observation: Observation;
  readonly stats: () => ObservedStats;
  /** Why a tag stays away from the user's backend, where that is known. */
  readonly localRule: LineRules['localRule'];
}

/** A running processor. */
export class ProcessorSource implements Source {
  readonly #subject: Subject;
  readonly #recording: Recording;
  readonly #rules: DetailRules;
  readonly #startedAt = Date.now();

  /** @param onChange called when there is something new; must be quick */
  constructor(subject: Subject, onChange: () => void) {
    this.#subject = subject;
    this.#recording = new Recording(subject.observation, onChange);
    const { withheld, authenticated } = subject.observation;
    this.#rules = { withheld, localRule: subject.localRule, authenticated };
  }

  state(): StateView {
    const { observation, stats } = this.#subject;
    const recording = this.#recording;
    return stateView(stats(), observation, [
      { name: 'Watching since', value: ago(this.#startedAt, Date.now()) },
      { name: 'Operations', value: `${recording.local.size} of ${MAX_OPERATIONS}` },
      { name: 'Memory', value: `${Math.ceil(recording.bytes / 1_024)} KiB of ${MAX_BYTES / 1_024} KiB` },
      { name: 'Made room for later ones', value: String(recording.evicted) },
    ]);
  }

  operations(): readonly OperationSummary[] {
    return [...this.#recording.local.ids()].flatMap((id) => this.#summary(id));
  }

  takeChanged(): readonly OperationSummary[] {
    return this.#recording.takeChanged().flatMap((id) => this.#summary(id));
  }

  operation(id: number): OperationDetail | undefined {
    const local = this.#recording.local.get(id);
    return local === undefined ? undefined : detailOf(id, local, this.#recording.records.of(id), this.#rules);
  }

  texts(id: number): Readonly<Record<string, string>> | undefined {
    const local = this.#recording.local.get(id);
    return local === undefined ? undefined : textsOnRequest(local.span.attributes);
  }

  table(): readonly TableRow[] {
    const seen = new Set<string>();
    for (const entry of this.#recording.records.entries()) {
      for (const field of fieldsOf(textOf(entry, this.#rules.authenticated).log ?? '').keys()) {
        seen.add(field);
      }
    }
    return tableRows((field) => seen.has(field), this.#rules.withheld);
  }

  bundle(): SupportBundle {
    const { observation, stats } = this.#subject;
    return supportBundle(
      bundledVersions(),
      bundledState(stats(), observation),
      [...this.#recording.records.entries()].map((entry) => bundleEntry(entry, observation.authenticated)),
    );
  }

  watch(): () => void {
    return this.#recording.watch();
  }

  stop(): void {
    this.#recording.stop();
  }

  #summary(id: number): OperationSummary[] {
    const local = this.#recording.local.get(id);
    return local === undefined ? [] : [summaryOf(id, local, this.#recording.records.of(id))];
  }
}
