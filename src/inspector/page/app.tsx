import { useEffect, useRef, useState } from 'preact/hooks';
import { secondOf } from './format.js';
import { type Connection, type Known, Live } from './live.js';
import { toned } from './parts.js';
import { type Route, useRoute, type View } from './route.js';
import { ExportView } from './views/exportView.js';
import { OperationsView } from './views/operationsView.js';
import { OperationView } from './views/operationView.js';
import { StateScreen } from './views/stateView.js';
import { TableView } from './views/tableView.js';
import type { Tone } from './words.js';

const TITLES: Readonly<Record<View, string>> = {
  operations: 'Operations',
  state: 'State',
  table: 'The table',
  export: 'Export',
};
const TABS: readonly View[] = ['operations', 'state', 'table', 'export'];

const STATUS: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Connection lost',
  ended: 'The program has ended',
  full: 'Too many pages',
};

const TONES: Readonly<Partial<Record<Connection, Tone>>> = {
  live: 'good',
  lost: 'warn',
  ended: 'warn',
  full: 'warn',
};

export function App() {
  const [known, setKnown] = useState<Known>({ connection: 'connecting', state: undefined, operations: [] });
  const live = useRef<Live | undefined>(undefined);
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  useEffect(() => {
    live.current = new Live(setKnown);
  }, []);
  const title = route.operation === undefined ? TITLES[route.view] : `Operation ${route.operation}`;
  useEffect(() => {
    document.title = `${title} – inspector`;
    // A screen reader, and the tab key, go on from the new view, but not away from where a page begins.
    if (!isFirst.current) {
      main.current?.focus();
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [title]);

  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the view
      </button>
      <header class="top">
        <div class="brand">
          <span class="mark" aria-hidden="true" />
          <span>
            <strong>Inspector</strong>
            <span class="subject">{known.state?.title ?? 'opentelemetry-databricks-sql'}</span>
          </span>
        </div>
        <nav aria-label="Views">
          {TABS.map((view) => (
            <a key={view} href={`#${view}`} aria-current={route.view === view ? 'page' : undefined}>
              {TITLES[view]}
            </a>
          ))}
        </nav>
        <p class={toned(`status status-${known.connection}`, TONES[known.connection])} role="status">
          <span class="dot" aria-hidden="true" />
          {known.state?.source === 'file' && known.connection === 'live'
            ? 'A file'
            : STATUS[known.connection]}
        </p>
      </header>
      <Notice known={known} />
      <main ref={main} tabIndex={-1} id="main">
        <Screen route={route} known={known} live={live.current} />
      </main>
    </>
  );
}

function Screen({
  route,
  known,
  live,
}: {
  readonly route: Route;
  readonly known: Known;
  readonly live: Live | undefined;
}) {
  switch (route.view) {
    case 'state':
      return <StateScreen state={known.state} />;
    case 'table':
      return <TableView operations={known.operations.length} />;
    case 'export':
      return <ExportView known={known} />;
    case 'operations':
      return route.operation === undefined ? (
        <OperationsView operations={known.operations} />
      ) : (
        <OperationView
          key={route.operation}
          summary={known.operations.find(({ id }) => id === route.operation)}
          live={live}
        />
      );
  }
}

/** What the visitor must know about how true the page is. */
function Notice({ known }: { readonly known: Known }) {
  switch (known.connection) {
    case 'ended':
    case 'lost': {
      const at = known.state === undefined ? '' : ` What you see is as of ${secondOf(known.state.at)}.`;
      return (
        <p class="notice">
          {known.connection === 'ended'
            ? `The program has ended, or has closed its inspector.${at}`
            : `The program does not answer. Either it has ended or it is busy.${at}`}
        </p>
      );
    }
    case 'full':
      return <p class="notice">Eight pages are open already. Close one and load this page again.</p>;
    default:
      return null;
  }
}
