import type { TelemetryLog } from '../support/local-databricks/index.js';
import type { AppFacts } from './app.js';
import { connectionExpectations } from './connectionExpectations.js';
import { expectedFields, mergeExpected } from './expectations.js';
import { CONNECTION_FIELDS, OPERATION_FIELDS } from './fields.js';
import { type Judgement, judgeOperation, type Verdict } from './judge.js';
import type { Report } from './reports.js';
import { scenariosOf } from './run.js';
import type { TruthScenario } from './scenario.js';
import { wrongAccounts } from './timeAccounts.js';

export interface TableRow {
  readonly scenario: TruthScenario;
  readonly judgement: Judgement;
  /** Of the logs of failed downloads: whether they are there, and right. `undefined` where there must be none. */
  readonly failedFiles: Verdict | undefined;
}

export type ConnectionTable = ReadonlyMap<string, Verdict>;

/** @param slackMs what a latency may be above what the application itself measured */
export function judgeReport(report: Report, slackMs?: number): readonly TableRow[] {
  const { backend, truth } = report;
  return scenariosOf(backend, '/').map((scenario) => {
    const facts = factsOf(report, scenario);
    const statement = truth.statements.find(({ sessionId }) => sessionId === facts.sessionId);
    const logs = logsOf(report, scenario, facts);
    const whole = logs.filter((log) => chunkIdOf(log) === undefined);
    return {
      scenario,
      judgement: judgeOperation(whole, expectedFields(scenario, backend, facts, statement, slackMs)),
      failedFiles: judgeFailedFiles(scenario, report, logs),
    };
  });
}

/** What is wrong with the time accounts of every statement's span: one list for each scenario that has a span. */
export function judgeTimes(report: Report): ReadonlyMap<string, readonly string[]> {
  const { backend, spans, truth } = report;
  const judged = new Map<string, readonly string[]>();
  for (const scenario of scenariosOf(backend, '/')) {
    const facts = factsOf(report, scenario);
    const span = spans.find(
      ({ attributes }) => facts.calls.length > 0 && attributes['databricks.session.id'] === facts.sessionId,
    );
    if (span !== undefined) {
      const statement = truth.statements.find(({ sessionId }) => sessionId === facts.sessionId);
      judged.set(scenario.name, wrongAccounts(backend, span, facts, statement));
    }
  }
  return judged;
}

export function judgeConnection(report: Report, usesProxy: boolean): ConnectionTable {
  const log = report.logs.find(
    (each) =>
      typeOf(each) === 'CREATE_SESSION' && each.entry?.sql_driver_log?.system_configuration !== undefined,
  );
  const expectations = connectionExpectations(report.backend, usesProxy);
  return new Map(
    Object.entries(CONNECTION_FIELDS).map(([name, read]): [string, Verdict] => {
      const value = log === undefined ? undefined : read(log);
      const expectation = expectations[name];
      if (value === undefined) {
        return [name, expectation?.unknowable ?? '∅'];
      }
      return [name, expectation?.fits(value) === true ? '✓' : '✗'];
    }),
  );
}

function factsOf({ facts }: Report, { name }: TruthScenario): AppFacts {
  const found = facts.find(({ scenario }) => scenario === name);
  if (found === undefined) {
    throw new Error(`${name} was not run`);
  }
  return found;
}

/** The logs that can be about the scenario's operation. */
function logsOf({ logs }: Report, { expected }: TruthScenario, { sessionId }: AppFacts): TelemetryLog[] {
  const isSessionType = (log: TelemetryLog) => /_SESSION$/.test(String(typeOf(log)));
  const type = expected?.operationType;
  if (sessionId === undefined) {
    // A session that was never opened: whoever reports that has no id for it.
    return logs.filter((log) => typeOf(log) === type && log.entry?.sql_driver_log?.session_id === undefined);
  }
  return logs
    .filter((log) => log.entry?.sql_driver_log?.session_id === sessionId)
    .filter((log) => (type?.endsWith('_SESSION') === true ? typeOf(log) === type : !isSessionType(log)));
}

function judgeFailedFiles(
  scenario: TruthScenario,
  { backend }: Report,
  logs: readonly TelemetryLog[],
): Verdict | undefined {
  const { failedFiles, error } = mergeExpected(scenario, backend);
  const failed = logs.filter((log) => chunkIdOf(log) !== undefined);
  if (failedFiles === undefined) {
    return failed.length === 0 ? undefined : '✗';
  }
  if (failed.length === 0) {
    return backend === 'kernel' ? 'kernel-inside' : '∅';
  }
  const isRight =
    failed.length === failedFiles.length &&
    failed.every((log) => failedFiles.includes(Number(chunkIdOf(log)))) &&
    failed.every((log) => OPERATION_FIELDS.error_name(log) === error);
  return isRight ? '✓' : '✗';
}

const chunkIdOf = (log: TelemetryLog) => log.entry?.sql_driver_log?.sql_operation?.chunk_id;
const typeOf = (log: TelemetryLog) => OPERATION_FIELDS.operation_type(log);
