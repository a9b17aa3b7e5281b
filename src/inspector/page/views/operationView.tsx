import { useEffect, useState } from 'preact/hooks';
import type { OperationDetail, OperationSummary, RecordView, TagLine } from '../../model.js';
import { bytesOf, durationOf, indented, timeOf, wordsOf } from '../format.js';
import { fetchJson, type Live } from '../live.js';
import { Empty, LedgerBar, Panel, ScopeBadge, StateBadge, toned } from '../parts.js';
import {
  ACCOUNTS,
  GROUPS,
  LIFE,
  LIFE_TONES,
  LOCAL_RULES,
  RULE_TONES,
  reasonText,
  ruleText,
  SCOPE_ORDER,
} from '../words.js';

/** One operation: what your backend gets, what Databricks gets, and why. */
export function OperationView({
  summary,
  live,
}: {
  readonly summary: OperationSummary | undefined;
  readonly live: Live | undefined;
}) {
  const [detail, setDetail] = useState<OperationDetail | 'gone' | undefined>(undefined);
  useEffect(() => {
    let isCurrent = true;
    if (summary !== undefined && live !== undefined) {
      void live.detail(summary).then((found) => {
        if (isCurrent) {
          setDetail(found ?? 'gone');
        }
      });
    }
    return () => {
      isCurrent = false;
    };
  }, [summary, live]);

  return (
    <>
      <p class="back">
        <a href="#operations">
          <span aria-hidden="true">←</span> All operations
        </a>
      </p>
      {summary === undefined ? (
        <Empty>This operation is not known any more. Later ones have taken its place.</Empty>
      ) : (
        <Head summary={summary} />
      )}
      {detail === 'gone' ? <Empty>Its details can’t be had any more.</Empty> : null}
      {detail === undefined || detail === 'gone' ? null : <Detail detail={detail} />}
    </>
  );
}

function Head({ summary }: { readonly summary: OperationSummary }) {
  const { name, kind, host, at, durationMs, error, state, reason, times } = summary;
  return (
    <>
      <div class="view-head operation-head">
        <h1>{name}</h1>
        <p>
          {wordsOf(kind)}
          {host === '' ? '' : ` on ${host}`}, {durationOf(durationMs)}, ended {timeOf(at)}
          {error === undefined ? null : <span class="error">, failed: {error}</span>}
        </p>
        <p>
          <StateBadge state={state} />
          {reason === undefined || state === 'accepted' ? null : (
            <span class="reason">{reasonText(reason)}</span>
          )}
        </p>
      </div>
      {times.length === 0 ? null : (
        <Panel title="Where its time went">
          <LedgerBar summary={summary} />
          <ul class="legend">
            {times.map(({ account, ms }) => (
              <li key={account}>
                <span class={`swatch account-${account}`} aria-hidden="true" />
                {ACCOUNTS[account] ?? account} <strong>{durationOf(ms)}</strong>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function Detail({ detail }: { readonly detail: OperationDetail }) {
  const { lines, records, summary } = detail;
  const groups = SCOPE_ORDER.map((scope) => lines.filter((line) => line.scope === scope)).filter(
    (group) => group.length > 0,
  );
  return (
    <>
      <Panel title="What went where">
        <table class="lines">
          <thead>
            <tr>
              <th scope="col">Tag</th>
              <th scope="col" class="local">
                Your backend
              </th>
              <th scope="col" class="databricks">
                Databricks
              </th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          {groups.map((group) => (
            <Group key={group[0]?.scope} lines={group} operation={summary.id} />
          ))}
        </table>
      </Panel>
      {records.map((record) => (
        <RecordPanel key={record.title} record={record} />
      ))}
    </>
  );
}

/** The tags of one scope. */
function Group({ lines, operation }: { readonly lines: readonly TagLine[]; readonly operation: number }) {
  const scope = lines[0]?.scope ?? 'unknown';
  return (
    <tbody>
      <tr class="group">
        <th scope="rowgroup" colSpan={4}>
          <ScopeBadge scope={scope} /> <span class="note">{GROUPS[scope]}</span>
        </th>
      </tr>
      {lines.map((line) => (
        <Line key={`${line.tag} ${line.field}`} line={line} operation={operation} />
      ))}
    </tbody>
  );
}

function Line({ line, operation }: { readonly line: TagLine; readonly operation: number }) {
  const { tag, local, hidden, localRule, field, databricks, rule } = line;
  return (
    <tr class="line" data-rule={rule} data-tag={tag}>
      <th scope="row">
        <code>{tag ?? field}</code>
      </th>
      <td class="local" data-label="Your backend">
        {hidden ? <HiddenText operation={operation} tag={tag ?? ''} /> : null}
        {local === undefined ? null : (
          <span class={localRule === undefined ? 'value' : 'value kept'}>{local}</span>
        )}
        {local === undefined && !hidden ? <span class="nothing">–</span> : null}
        {localRule === undefined ? null : <span class="note">{LOCAL_RULES[localRule]}</span>}
      </td>
      <td class="databricks" data-label="Databricks">
        {databricks === undefined ? <span class="nothing">–</span> : <span class="value">{databricks}</span>}
        {databricks === undefined || tag === undefined ? null : (
          <code class="field" title={field}>
            {field?.slice(field.lastIndexOf('.') + 1)}
          </code>
        )}
      </td>
      <td class={toned('why', RULE_TONES[rule])} data-label="Why">
        {ruleText(line)}
      </td>
    </tr>
  );
}

/** Query text may be sensitive where it is: it is fetched when somebody asks for it. */
function HiddenText({ operation, tag }: { readonly operation: number; readonly tag: string }) {
  const [text, setText] = useState<string | undefined>(undefined);
  const show = async (): Promise<void> => {
    const texts = await fetchJson<Record<string, string>>(`texts/${operation}`);
    setText(texts?.[tag] ?? 'It can’t be had any more.');
  };
  return text === undefined ? (
    <button type="button" onClick={() => void show()}>
      Show <span class="visually-hidden">{tag}</span>
    </button>
  ) : (
    <span class="value text">{text}</span>
  );
}

function RecordPanel({ record }: { readonly record: RecordView }) {
  const { title, state, life, eventId, log, wasSent, bodyBytes } = record;
  return (
    <Panel title={title}>
      <ol class="life steps" aria-label="Its life">
        {life.map((event, index) => (
          <li key={index} class={toned(`event-${event.kind}`, LIFE_TONES[event.kind])}>
            <span class="time">{timeOf(event.at)}</span>
            <span>
              <strong>{LIFE[event.kind]}</strong>
              {event.path === undefined ? '' : ` to ${event.path}`}
              {event.outcome === undefined ? '' : `: ${event.outcome}`}
              {event.durationMs === undefined ? '' : ` after ${durationOf(event.durationMs)}`}
              {event.kept === undefined ? '' : `, ${event.kept} of ${event.of} records kept`}
            </span>
          </li>
        ))}
        {state === 'waiting' ? <li class="event-waiting">waiting to be sent</li> : null}
        {state === 'retrying' ? <li class="event-waiting">waiting for the next try</li> : null}
      </ol>
      {state === 'partly' ? (
        <p class="note">
          Databricks took the request and did not keep all of its records. Its answer does not say which, so
          this one may be missing there. A request that was taken is never sent again.
        </p>
      ) : null}
      {log === undefined ? null : (
        <Bytes log={log} wasSent={wasSent} eventId={eventId} bodyBytes={bodyBytes} />
      )}
    </Panel>
  );
}

function Bytes({
  log,
  wasSent,
  eventId,
  bodyBytes,
}: {
  readonly log: string;
  readonly wasSent: boolean;
  readonly eventId: string | undefined;
  readonly bodyBytes: number | undefined;
}) {
  const [asSent, setAsSent] = useState(false);
  return (
    <div class="bytes">
      <h3>{wasSent ? 'As it was sent' : 'As it would be sent'}</h3>
      <p class="note">
        {wasSent
          ? `Found by its event id, ${eventId}, in a body of ${bytesOf(bodyBytes ?? 0)}.`
          : 'Made from the record. Its event id and the user agent are added when it is sent.'}
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={asSent}
          onChange={(event) => setAsSent(event.currentTarget.checked)}
        />
        Without line breaks, byte for byte
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section tabIndex={0} class="scroll" aria-label="The log">
        <pre>{asSent ? log : indented(log)}</pre>
      </section>
    </div>
  );
}
