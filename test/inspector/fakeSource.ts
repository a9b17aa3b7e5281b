import type { OperationSummary, StateView } from '../../src/inspector/model.js';
import type { Source } from '../../src/inspector/source.js';
import { supportBundle } from '../../src/inspector/supportBundle.js';

const STATE: StateView = {
  at: 0,
  source: 'program',
  title: 'a test',
  versions: [],
  totals: [],
  connections: [],
  open: { total: 0, latest: [] },
  hosts: [],
  losses: [],
  inspector: [],
};

/** A source with what a test puts into it. */
export class FakeSource implements Source {
  readonly list: OperationSummary[] = [];
  changed: OperationSummary[] = [];
  watchers = 0;

  state(): StateView {
    return STATE;
  }

  operations(): readonly OperationSummary[] {
    return this.list;
  }

  takeChanged(): readonly OperationSummary[] {
    const { changed } = this;
    this.changed = [];
    return changed;
  }

  operation(): undefined {
    return undefined;
  }

  texts(): undefined {
    return undefined;
  }

  table(): [] {
    return [];
  }

  bundle() {
    return supportBundle({}, {}, []);
  }

  watch(): () => void {
    this.watchers++;
    return () => {
      this.watchers--;
    };
  }
}

export function summary(id: number, name = 'SELECT t'): OperationSummary {
  return {
    id,
    at: 0,
    kind: 'EXECUTE_STATEMENT',
    name,
    host: 'a.cloud.databricks.com',
    durationMs: 1,
    error: undefined,
    state: 'waiting',
    reason: undefined,
    times: [],
  };
}
