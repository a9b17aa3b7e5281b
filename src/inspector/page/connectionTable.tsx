import type { ConnectionView, Fact, OpenConnectionsView } from '../model.js';
import { secondOf } from './format.js';
import { Empty, toned } from './parts.js';

/** The connections that are open now: for each what decides about its records, and where they wait. */
export function ConnectionTable({ open: { total, latest } }: { readonly open: OpenConnectionsView }) {
  if (total === 0) {
    return <Empty>No connection is open.</Empty>;
  }
  const more = total - latest.length;
  return (
    <>
      <table class="connections">
        <caption class="visually-hidden">Open connections, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Connection</th>
            <th scope="col">Host</th>
            <th scope="col">Gate</th>
            <th scope="col">Feature flag</th>
            <th scope="col">Records</th>
          </tr>
        </thead>
        <tbody>
          {latest.map((connection) => (
            <Row key={connection.number} connection={connection} />
          ))}
        </tbody>
      </table>
      {more > 0 ? (
        <p class="note">
          These are the latest {latest.length}. {more} more {more === 1 ? 'is' : 'are'} open.
        </p>
      ) : null}
    </>
  );
}

function Row({ connection }: { readonly connection: ConnectionView }) {
  const { number, openedAt, host, workspace, driver, gate, flag, lane } = connection;
  return (
    <tr>
      <th scope="row" data-label="Connection">
        <span class="value">{number}</span>
        <span class="note">
          {driver}, since {secondOf(openedAt)}
        </span>
      </th>
      <td data-label="Host">
        {host === '' ? <span class="nothing">not known yet</span> : <span class="value">{host}</span>}
        {workspace === undefined ? null : <span class="note">workspace {workspace}</span>}
      </td>
      <FactCell fact={gate} label="Gate" />
      {flag === undefined ? (
        <td data-label="Feature flag">
          <span class="nothing">not asked for</span>
        </td>
      ) : (
        <FactCell fact={flag} label="Feature flag" />
      )}
      <FactCell fact={lane} label="Records" />
    </tr>
  );
}

function FactCell({ fact, label }: { readonly fact: Fact; readonly label: string }) {
  return (
    <td class={toned('fact', fact.tone)} data-label={label}>
      <span class="value">{fact.value}</span>
      {fact.note === undefined ? null : <span class="note">{fact.note}</span>}
    </td>
  );
}
