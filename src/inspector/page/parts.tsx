import type { ComponentChildren } from 'preact';
import type { Fact, LineScope, OperationSummary, RecordState, TimeShare } from '../model.js';
import { durationOf } from './format.js';
import { ACCOUNTS, SCOPE_TONES, SCOPES, STATE_TONES, STATES, type Tone } from './words.js';

/** A class, and that of a tone if there is one. */
export function toned(name: string, tone: Tone | undefined): string {
  return tone === undefined ? name : `${name} tone-${tone}`;
}

export function Badge({ text, tone }: { readonly text: string; readonly tone: Tone }) {
  return <span class={toned('badge', tone)}>{text}</span>;
}

export function ScopeBadge({ scope }: { readonly scope: LineScope }) {
  return <Badge text={SCOPES[scope]} tone={SCOPE_TONES[scope]} />;
}

export function StateBadge({ state }: { readonly state: RecordState }) {
  return <Badge text={STATES[state]} tone={STATE_TONES[state]} />;
}

/** Facts as a list of names and values. */
export function Facts({
  facts,
  isWide = false,
}: {
  readonly facts: readonly Fact[];
  readonly isWide?: boolean;
}) {
  return (
    <dl class={isWide ? 'facts wide' : 'facts'}>
      {facts.map(({ name, value, note, tone }) => (
        <div key={name} class={toned('fact', tone)}>
          <dt>{name}</dt>
          <dd>
            <span class="value">{value}</span>
            {note === undefined ? null : <span class="note">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Facts as tiles, the value first. */
export function Tiles({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="tiles">
      {facts.map(({ name, value, note, tone }) => (
        <div key={name} class={toned('tile', tone)}>
          <dt>{name}</dt>
          <dd class="value">{value}</dd>
          {note === undefined ? null : <dd class="note">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** Where an operation's time went. `scale`: how much of the width its duration takes, from 0 to 1. */
export function LedgerBar({
  summary,
  scale = 1,
}: {
  readonly summary: OperationSummary;
  readonly scale?: number;
}) {
  const { times, durationMs } = summary;
  const shares: readonly TimeShare[] =
    times.length > 0 ? times : [{ account: 'all', ms: Math.max(durationMs, 1) }];
  const total = shares.reduce((sum, { ms }) => sum + ms, 0);
  const text = times.map(({ account, ms }) => `${ACCOUNTS[account] ?? account} ${durationOf(ms)}`).join(', ');
  return (
    <div class="ledger" role="img" aria-label={text === '' ? durationOf(durationMs) : text} title={text}>
      <div class="ledger-bar" style={{ width: `${Math.max(scale * 100, 1)}%` }}>
        {shares.map(({ account, ms }) => (
          <div key={account} class={`account account-${account}`} style={{ flexGrow: String(ms / total) }} />
        ))}
      </div>
    </div>
  );
}

export function Panel({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
