import { type StatementTruth, WORKSPACE_ID } from '../support/local-databricks/index.js';
import type { AppFacts } from './app.js';
import type { OperationField } from './fields.js';
import type { Backend, Expected, Reason, TruthScenario } from './scenario.js';

/** What a field must be: this value, or in these bounds, or left out. */
export type Expectation =
  | { readonly is: unknown }
  | { readonly atLeast: number; readonly atMost: number }
  | 'absent';

export interface ExpectedField {
  readonly expectation: Expectation;
  /** It may be left out all the same, for this reason. */
  readonly unknowable?: Reason;
}

/** Rounding to milliseconds, of the report and of timers. */
const ROUNDING_MS = 3;
/** Between the application's own stamp and the beginning of the operation: less than any delay of the server's. */
const STAMP_MS = 300;
/** For what nobody ends: longer than all the tests take. */
const FOREVER_MS = 600_000;
const FORMATS = { arrow: 'INLINE_ARROW', column: 'COLUMNAR_INLINE', cloudfetch: 'EXTERNAL_LINKS' } as const;

/** What the kernel backend does where nobody can look. */
const INSIDE_THE_KERNEL: readonly OperationField[] = [
  'n_operation_status_calls',
  'operation_status_latency_millis',
  'retry_count',
  'execution_result',
  'is_compressed',
  'total_chunks_present',
  'total_chunks_iterated',
  'initial_chunk_latency_millis',
  'slowest_chunk_latency_millis',
  'sum_chunks_download_time_millis',
];

/** What does not apply to a call that is no statement. */
const PLAIN: Partial<Record<OperationField, Expectation>> = {
  n_operation_status_calls: 'absent',
  operation_status_latency_millis: 'absent',
  retry_count: 'absent',
};

/** What a true report of an operation says, from the server's truth, the application's facts and the scenario. */
export function expectedFields(
  scenario: TruthScenario,
  backend: Backend,
  facts: AppFacts,
  truth: StatementTruth | undefined,
  slackMs = ROUNDING_MS,
): Readonly<Record<OperationField, ExpectedField>> {
  const expected = mergeExpected(scenario, backend);
  const expectations = {
    ...expectationsOf(scenario, expected, facts, truth, slackMs),
    ...(expected.isPlainCall === true ? PLAIN : {}),
  };
  const fields = {} as Record<OperationField, ExpectedField>;
  for (const [name, expectation] of Object.entries(expectations) as [OperationField, Expectation][]) {
    const reason =
      expected.unknowable?.[name] ??
      (backend === 'kernel' && INSIDE_THE_KERNEL.includes(name) ? 'kernel-inside' : undefined);
    const isUnknowable = reason !== undefined && expectation !== 'absent';
    fields[name] = isUnknowable ? { expectation, unknowable: reason } : { expectation };
  }
  return fields;
}

export function mergeExpected({ expected = {}, onKernel = {} }: TruthScenario, backend: Backend): Expected {
  return backend === 'thrift'
    ? expected
    : { ...expected, ...onKernel, unknowable: { ...expected.unknowable, ...onKernel.unknowable } };
}

function expectationsOf(
  { server = {}, abandoned = false }: TruthScenario,
  expected: Expected,
  facts: AppFacts,
  truth: StatementTruth | undefined,
  slackMs: number,
): Record<OperationField, Expectation> {
  const between = (atLeast: number, atMost: number): Expectation => ({
    atLeast: atLeast - ROUNDING_MS,
    atMost: atMost + slackMs,
  });
  const { rows = true, retries = 0, unansweredPolls = 0 } = expected;
  const hasResult = truth?.format !== undefined && server.outcome === undefined && truth.state !== 'REJECTED';
  const polls = (truth?.statusAnswers ?? 0) + unansweredPolls;
  const answeredAtLeast = expected.latencyAtLeast ?? latencyAtLeast(truth, server.executeDelayMs ?? 0);
  return {
    workspace_id: { is: WORKSPACE_ID },
    timestamp_millis: { atLeast: facts.calledAt - 1, atMost: facts.calledAt + STAMP_MS },
    session_id: optional(facts.sessionId),
    sql_statement_id: truth === undefined ? 'absent' : { is: truth.id },
    operation_type: optional('operationType' in expected ? expected.operationType : 'EXECUTE_STATEMENT'),
    is_internal_call: { is: false },
    statement_type: optional('statementType' in expected ? expected.statementType : 'QUERY'),
    operation_latency_ms: between(answeredAtLeast, facts.answeredAtMost),
    result_set_ready_latency_millis: rows
      ? between(answeredAtLeast, facts.readyAtMost ?? facts.elapsedMs)
      : 'absent',
    result_set_consumption_latency_millis: rows
      ? between(
          facts.consumedAtLeast ?? 0,
          abandoned ? FOREVER_MS : (facts.consumedAtMost ?? facts.elapsedMs),
        )
      : 'absent',
    n_operation_status_calls: { is: polls },
    operation_status_latency_millis: between(
      expected.pollsAtLeast ?? (server.pollDelayMs ?? 0) * (truth?.statusAnswers ?? 0),
      polls === 0 ? 0 : facts.elapsedMs,
    ),
    retry_count: { is: retries },
    execution_result: hasResult ? { is: FORMATS[truth.format ?? 'arrow'] } : 'absent',
    is_compressed: hasResult ? { is: truth.lz4 } : 'absent',
    ...chunkExpectations(hasResult && truth.format === 'cloudfetch' ? truth : undefined, facts, between),
    volume_operation_type: optional(expected.volume),
    error_name: optional(expected.error),
  };
}

function chunkExpectations(
  truth: StatementTruth | undefined,
  { elapsedMs }: AppFacts,
  between: (atLeast: number, atMost: number) => Expectation,
) {
  const served = truth?.downloads.filter(({ status }) => status === 200) ?? [];
  const files = new Set(served.map(({ index }) => index).sort((a, b) => a - b));
  // Failed attempts of the same file are part of its download.
  const times = [...files].map((file) =>
    (truth?.downloads ?? [])
      .filter(({ index }) => index === file)
      .reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0),
  );
  const present = truth !== undefined;
  const some = files.size > 0;
  return {
    total_chunks_present: present ? { is: truth.filesOffered } : 'absent',
    total_chunks_iterated: present ? { is: files.size } : 'absent',
    initial_chunk_latency_millis: some ? between(times[0] ?? 0, elapsedMs) : 'absent',
    slowest_chunk_latency_millis: some ? between(Math.max(...times), elapsedMs) : 'absent',
    sum_chunks_download_time_millis: present
      ? between(
          times.reduce((sum, time) => sum + time, 0),
          elapsedMs * files.size,
        )
      : 'absent',
  } satisfies Partial<Record<OperationField, Expectation>>;
}

/** Until the server's answer was ready to go; of a request that it refused, until that. */
function latencyAtLeast(truth: StatementTruth | undefined, executeDelayMs: number): number {
  if (truth?.readyAt !== undefined) {
    return truth.readyAt - truth.startedAt;
  }
  return truth === undefined ? 0 : executeDelayMs;
}

function optional(value: unknown): Expectation {
  return value === undefined ? 'absent' : { is: value };
}
