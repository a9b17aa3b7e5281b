import type { Known } from '../live.js';
import { Panel } from '../parts.js';

/** The support bundle. */
export function ExportView({ known }: { readonly known: Known }) {
  const isGone = known.connection !== 'live';
  return (
    <>
      <div class="view-head">
        <h1>Export</h1>
        <p>A support bundle that can be attached to a ticket unread.</p>
      </div>
      <Panel title="In it">
        <ul class="plain">
          <li>
            the records of the operations that this page lists, as Databricks gets them, with the life of each
          </li>
          <li>
            of each open connection, up to 100, what the gate said, which switch decided, and what the feature
            flag answered
          </li>
          <li>losses and their reasons, outcomes of requests, changes of the circuit breaker</li>
          <li>versions of this package, the driver, Node.js and OpenTelemetry</li>
        </ul>
      </Panel>
      <Panel title="Not in it">
        <ul class="plain">
          <li>
            anything from the column “Your backend”: query text, names of tables, addresses, tags of your own
          </li>
          <li>credentials, headers, host names: hosts are numbered</li>
          <li>values that you withhold</li>
        </ul>
        <p class="note">
          The bundle is made from the records and the counts. The code that makes it has no access to spans.
        </p>
      </Panel>
      {isGone ? (
        <p class="notice">The program does not answer, so there is nothing to export from.</p>
      ) : (
        <p>
          <a class="button" href="export" download="opentelemetry-databricks-sql-support.json">
            Download the support bundle
          </a>
        </p>
      )}
    </>
  );
}
