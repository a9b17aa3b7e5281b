import type { OperationDetail, OperationSummary, StateView, TableRow } from './model.js';
import type { SupportBundle } from './supportBundle.js';

/** What a page looks at: a running processor, or a file. */
export interface Source {
  state(): StateView;
  /** Newest last. */
  operations(): readonly OperationSummary[];
  /** Those that are new or have changed since the last call. */
  takeChanged(): readonly OperationSummary[];
  operation(id: number): OperationDetail | undefined;
  /** Texts that a page shows on request only, by tag. */
  texts(id: number): Readonly<Record<string, string>> | undefined;
  table(): readonly TableRow[];
  bundle(): SupportBundle;
  /** Somebody looks, until the returned function is called. */
  watch(): () => void;
}
