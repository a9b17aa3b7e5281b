import type { BreakerStep, HostView, StateView } from '../../model.js';
import { secondOf, timeOf } from '../format.js';
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
  const { at, totals, connections, hosts, losses, versions, inspector, source } = state;
  return (
    <>
      <div class="view-head">
        <h1>State</h1>
        <p>{source === 'file' ? 'from a file' : `as of ${secondOf(at)}`}</p>
      </div>
      <Tiles facts={totals} />
      {hosts.map((host) => (
        <Host key={host.title} host={host} />
      ))}
      {hosts.length === 0 && source === 'program' ? (
        <Empty>No host is open. A host appears with the first connection that may send records to it.</Empty>
      ) : null}
      {source === 'file' ? null : (
        <Panel title="Losses">
          {losses.length === 0 ? <Empty>No record was dropped.</Empty> : <Facts facts={losses} />}
        </Panel>
      )}
      <div class="columns">
        {connections.length === 0 ? null : (
          <Panel title="Connections">
            <Facts facts={connections} />
          </Panel>
        )}
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

function Host({ host }: { readonly host: HostView }) {
  const { title, facts, lanes, requests, breaker } = host;
  return (
    <section class="panel host">
      <h2>{title}</h2>
      <Facts facts={facts} />
      {lanes.map((lane) => (
        <div key={lane.title} class="lane">
          <h3>{lane.title}</h3>
          <Facts facts={lane.facts} />
        </div>
      ))}
      {requests.length === 0 ? null : (
        <>
          <h3>Export requests by outcome</h3>
          <Facts facts={requests} />
        </>
      )}
      {breaker.length === 0 ? null : <Breaker steps={breaker} />}
    </section>
  );
}

function Breaker({ steps }: { readonly steps: readonly BreakerStep[] }) {
  return (
    <>
      <h3>Circuit breaker, changes</h3>
      <ol class="breaker">
        {steps.map(({ at, state }, index) => (
          <li key={index} class={`breaker-${state}`}>
            <span class="time">{timeOf(at)}</span> {state}
          </li>
        ))}
      </ol>
    </>
  );
}
