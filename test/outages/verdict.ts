import type { LocalDatabricks } from '../support/local-databricks/index.js';
import type { ApplicationReport } from './application.js';
import type { OutageCase } from './cases.js';

/** Records besides those of statements: the opening and the closing of the session. */
const SESSION_RECORDS = 2;

/** What is wrong; nothing if every statement arrived, once. */
export function faultsOf(outage: OutageCase, db: LocalDatabricks, report: ApplicationReport): string[] {
  const logs = db.telemetry.logs();
  const eventIds = new Set(logs.map((log) => log.frontend_log_event_id));
  const sent = logs
    .map((log) => log.entry?.sql_driver_log?.sql_statement_id)
    .filter((id) => id !== undefined);
  const arrived = new Set(sent);
  const lost = db.truth.statements.filter(({ id }) => !arrived.has(id)).length;
  const expected = outage.statements + SESSION_RECORDS;
  const claims: ReadonlyArray<readonly [isRight: boolean, fault: string]> = [
    [db.truth.statements.length === outage.statements, `${db.truth.statements.length} statements were run`],
    [lost === 0, `${lost} statements did not arrive`],
    [sent.length === arrived.size, `${sent.length - arrived.size} statements arrived twice`],
    [logs.length === expected, `${logs.length} records instead of ${expected}`],
    [logs.length === eventIds.size, `${logs.length - eventIds.size} event ids are not unique`],
    [report.exported === expected, `stats() says that ${report.exported} were exported`],
    [Object.keys(report.dropped).length === 0, `dropped: ${JSON.stringify(report.dropped)}`],
    [outage.hasFailed(db), 'what was to go wrong did not'],
    [report.blockedMs >= (outage.block?.durationMs ?? 0) - 1, 'the event loop was not blocked'],
  ];
  return claims.filter(([isRight]) => !isRight).map(([, fault]) => fault);
}
