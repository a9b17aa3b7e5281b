import { useEffect, useState } from 'preact/hooks';
import type { TableRow } from '../../model.js';
import { fetchJson } from '../live.js';
import { Badge, Empty, ScopeBadge } from '../parts.js';

type Which = 'all' | 'seen' | 'withheld';

/** Every field that may ever leave for Databricks. `operations`: renewed when there are more. */
export function TableView({ operations }: { readonly operations: number }) {
  const [rows, setRows] = useState<readonly TableRow[]>([]);
  const [which, setWhich] = useState<Which>('all');
  useEffect(() => {
    void fetchJson<readonly TableRow[]>('table').then((found) => {
      if (found !== undefined) {
        setRows(found);
      }
    });
  }, [operations]);
  const shown = rows.filter((row) => which === 'all' || row[which]);
  return (
    <>
      <div class="view-head">
        <h1>The table</h1>
        <p>Every field that may ever leave for Databricks. What is not here never leaves.</p>
      </div>
      <fieldset class="filters segmented">
        <legend class="visually-hidden">Which fields</legend>
        <Option name="all" text={`All ${rows.length}`} which={which} onChange={setWhich} />
        <Option name="seen" text={`Seen ${count(rows, 'seen')}`} which={which} onChange={setWhich} />
        <Option
          name="withheld"
          text={`Withheld ${count(rows, 'withheld')}`}
          which={which}
          onChange={setWhich}
        />
      </fieldset>
      {shown.length === 0 ? <Empty>None.</Empty> : <Rows rows={shown} />}
    </>
  );
}

function Option({
  name,
  text,
  which,
  onChange,
}: {
  readonly name: Which;
  readonly text: string;
  readonly which: Which;
  readonly onChange: (which: Which) => void;
}) {
  return (
    <label>
      <input type="radio" name="which" checked={which === name} onChange={() => onChange(name)} />
      <span>{text}</span>
    </label>
  );
}

function Rows({ rows }: { readonly rows: readonly TableRow[] }) {
  return (
    <table class="tags">
      <thead>
        <tr>
          <th scope="col">Field of the log, and the tag that fills it</th>
          <th scope="col">Goes to</th>
          <th scope="col">Kind of value</th>
          <th scope="col">Here</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ tag, field, scope, on, kind, description, seen, withheld }) => (
          <tr key={field}>
            <th scope="row">
              <code>{field}</code>
              {tag === undefined ? null : <code class="field">{tag}</code>}
              <span class="note">{description}</span>
            </th>
            <td data-label="Goes to">
              <ScopeBadge scope={scope} />
            </td>
            <td data-label="Kind of value">
              {kind}
              <span class="detail">{on === '' ? '' : `of each ${on}`}</span>
            </td>
            <td data-label="Here">
              {withheld ? <Badge text="withheld by you" tone="warn" /> : null}
              {seen && !withheld ? <Badge text="seen" tone="good" /> : null}
              {seen || withheld ? null : <span class="nothing">not seen</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function count(rows: readonly TableRow[], which: 'seen' | 'withheld'): number {
  return rows.filter((row) => row[which]).length;
}
