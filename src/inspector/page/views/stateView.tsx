import type { HostView, StateView } from '../../model.js';
import { BreakerLine } from '../breakerLine.js';
import { ConnectionTable } from '../connectionTable.js';
import { secondOf } from '../format.js';
import { Empty, Facts, Panel, Tiles } from '../parts.js';

/** What the processor is doing now, and what it has lost. */
export function StateScreen({ state }: { readonly state: StateView | undefined }) {
  if (state === undefined) {
    return (
      <>
        <h1>State</h1>
        <Empty>Nothing is known yet.</Empty>
      </>
    );
  }
  const { at, totals, versions, inspector, source } = state;
  return (
    <>
      <div class="view-head">
        <h1>State</h1>
        <p>{source === 'file' ? 'from a file' : `as of ${secondOf(at)}`}</p>
      </div>
      <Tiles facts={totals} />
      {source === 'program' ? <Program state={state} /> : null}
      <div class="columns">
        <Panel title="Versions">
          <Facts facts={versions} />
        </Panel>
        <Panel title="This inspector">
          <Facts facts={inspector} />
        </Panel>
      </div>
    </>
  );
}

/** What a file does not have. */
function Program({ state: { at, open, connections, hosts, losses } }: { readonly state: StateView }) {
  return (
    <>
      <Panel title="Connections">
        <ConnectionTable open={open} />
        {connections.length === 0 ? null : (
          <>
            <h3>Since the start</h3>
            <Facts facts={connections} />
          </>
        )}
      </Panel>
      {hosts.map((host) => (
        <Host key={host.title} host={host} now={at} />
      ))}
      {hosts.length === 0 ? (
        <Empty>No host is open. A host appears with the first connection that may send records to it.</Empty>
      ) : null}
      <Panel title="Losses">
        {losses.length === 0 ? <Empty>No record was dropped.</Empty> : <Facts facts={losses} isWide />}
      </Panel>
    </>
  );
}

function Host({ host, now }: { readonly host: HostView; readonly now: number }) {
  const { title, facts, flags, requests, breaker } = host;
  return (
    <Panel title={title}>
      <Facts facts={facts} />
      {flags.map((flag) => (
        <div key={flag.title} class="flag">
          <h3>{flag.title}</h3>
          <Facts facts={flag.facts} />
        </div>
      ))}
      <BreakerLine history={breaker} now={now} />
      {requests.length === 0 ? null : (
        <>
          <h3>Export requests by outcome</h3>
          <Facts facts={requests} />
        </>
      )}
    </Panel>
  );
}
