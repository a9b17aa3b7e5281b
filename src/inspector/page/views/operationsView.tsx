import { useState } from 'preact/hooks';
import type { OperationSummary } from '../../model.js';
import { durationOf, timeOf, wordsOf } from '../format.js';
import { Empty, LedgerBar, StateBadge } from '../parts.js';
import { ACCOUNTS, reasonText } from '../words.js';

interface Filter {
  readonly host: string;
  readonly kind: string;
  readonly failedOnly: boolean;
}

const ALL = '';

/** The operations as they end, newest first. */
export function OperationsView({ operations }: { readonly operations: readonly OperationSummary[] }) {
  const [filter, setFilter] = useState<Filter>({ host: ALL, kind: ALL, failedOnly: false });
  const shown = operations.filter((operation) => matches(operation, filter));
  const longestMs = shown.reduce((longest, { durationMs }) => Math.max(longest, durationMs), 1);
  return (
    <>
      <div class="view-head">
        <h1>Operations</h1>
        <p>
          {shown.length === operations.length
            ? `${operations.length}, newest first`
            : `${shown.length} of ${operations.length}, newest first`}
        </p>
      </div>
      <FilterBar operations={operations} filter={filter} onChange={setFilter} />
      {shown.length === 0 ? (
        <Empty>
          {operations.length === 0
            ? 'No operation has ended yet. They appear here as they end.'
            : 'No operation matches the filter.'}
        </Empty>
      ) : (
        <OperationTable operations={shown} longestMs={longestMs} />
      )}
      <Legend operations={shown} />
    </>
  );
}

function FilterBar({
  operations,
  filter,
  onChange,
}: {
  readonly operations: readonly OperationSummary[];
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}) {
  return (
    <form class="filters" aria-label="Filter" onSubmit={(event) => event.preventDefault()}>
      <Choice
        label="Host"
        value={filter.host}
        choices={distinct(operations.map(({ host }) => host))}
        onChange={(host) => onChange({ ...filter, host })}
      />
      <Choice
        label="Kind"
        value={filter.kind}
        choices={distinct(operations.map(({ kind }) => kind))}
        onChange={(kind) => onChange({ ...filter, kind })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={filter.failedOnly}
          onChange={(event) => onChange({ ...filter, failedOnly: event.currentTarget.checked })}
        />
        Failed only
      </label>
    </form>
  );
}

function Choice({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly onChange: (choice: string) => void;
}) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value={ALL}>All</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {label === 'Kind' ? wordsOf(choice) : choice}
          </option>
        ))}
      </select>
    </label>
  );
}

function OperationTable({
  operations,
  longestMs,
}: {
  readonly operations: readonly OperationSummary[];
  readonly longestMs: number;
}) {
  return (
    <table class="operations">
      <thead>
        <tr>
          <th scope="col">Ended</th>
          <th scope="col">Operation</th>
          <th scope="col">Where its time went</th>
          <th scope="col" class="number">
            Duration
          </th>
          <th scope="col">Record</th>
        </tr>
      </thead>
      <tbody>
        {operations.map((operation) => (
          <OperationRow key={operation.id} operation={operation} longestMs={longestMs} />
        ))}
      </tbody>
    </table>
  );
}

function OperationRow({
  operation,
  longestMs,
}: {
  readonly operation: OperationSummary;
  readonly longestMs: number;
}) {
  const { id, at, kind, name, host, durationMs, error, state, reason } = operation;
  return (
    <tr class={error === undefined ? '' : 'failed'}>
      <td class="time">{timeOf(at)}</td>
      <td class="name">
        <a href={`#operations/${id}`}>{name}</a>
        <span class="detail">
          {wordsOf(kind)}
          {host === '' ? '' : ` · ${host}`}
          {error === undefined ? null : <span class="error"> · failed: {error}</span>}
        </span>
      </td>
      <td class="bar">
        <LedgerBar summary={operation} scale={durationMs / longestMs} />
      </td>
      <td class="number">{durationOf(durationMs)}</td>
      <td>
        <StateBadge state={state} />
        {reason === undefined || state === 'accepted' ? null : (
          <span class="detail">{reasonText(reason)}</span>
        )}
      </td>
    </tr>
  );
}

/** The colours that are in use. */
function Legend({ operations }: { readonly operations: readonly OperationSummary[] }) {
  const used = new Set(operations.flatMap(({ times }) => times.map(({ account }) => account)));
  const accounts = Object.entries(ACCOUNTS).filter(([account]) => used.has(account));
  return accounts.length === 0 ? null : (
    <ul class="legend" aria-label="Colours of the bars">
      {accounts.map(([account, text]) => (
        <li key={account}>
          <span class={`swatch account-${account}`} aria-hidden="true" />
          {text}
        </li>
      ))}
    </ul>
  );
}

function matches({ host, kind, error }: OperationSummary, filter: Filter): boolean {
  return (
    (filter.host === ALL || filter.host === host) &&
    (filter.kind === ALL || filter.kind === kind) &&
    (!filter.failedOnly || error !== undefined)
  );
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== '').sort();
}
