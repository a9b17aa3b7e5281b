import type * as t from '@databricks/sql/thrift/TCLIService_types.js';
import { type Opening, reject } from './gate.js';
import { METADATA_TABLES } from './metadata-tables.js';
import type { Pauses } from './pauses.js';
import { nextPage, pageCount, resultMetadata } from './results.js';
import { generatedRows, type RowSource } from './rows.js';
import {
  type Caller,
  METADATA_METHODS,
  type MetadataMethod,
  type OpeningRequest,
  type OpeningResponse,
} from './rpc-types.js';
import { type ResultFormat, type Scenario, scenarioOf } from './scenario.js';
import { stagingRow } from './staging.js';
import { newStatementTruth, Statement } from './statement.js';
import { failed, idOf, invalidHandle, succeeded } from './thrift-values.js';
import type { TruthBook } from './truth.js';
import type { ParameterTruth, StatementTruth } from './types.js';

export type OpeningMethod = 'ExecuteStatement' | MetadataMethod;

export const isOpeningMethod = (method: string): method is OpeningMethod =>
  method === 'ExecuteStatement' || METADATA_METHODS.some((known) => known === method);

/** The truth about a statement as its first request tells it. */
export function openingTruth(method: OpeningMethod, request: OpeningRequest): StatementTruth {
  const truth = newStatementTruth(method, idOf(request.sessionHandle.sessionId));
  if (method !== 'ExecuteStatement') return truth;
  const { statement, parameters, confOverlay } = request as t.TExecuteStatementReq;
  truth.sql = statement;
  if (parameters && parameters.length > 0) truth.parameters = parameters.map(parameterTruth);
  if (confOverlay) {
    truth.confOverlay = { ...confOverlay };
    const tags = confOverlay['query_tags'];
    if (tags !== undefined) truth.queryTags = tags;
  }
  return truth;
}

function parameterTruth({ name, type, value }: t.TSparkParameter): ParameterTruth {
  const plain = value?.stringValue ?? value?.doubleValue ?? value?.booleanValue;
  return {
    ...(name ? { name } : {}),
    ...(type ? { type } : {}),
    ...(plain === undefined || plain === null ? {} : { value: plain }),
  };
}

/** Metadata calls have no Arrow options on the wire: they answer in columns unless a scenario says else. */
export function openingScenario(method: OpeningMethod, request: OpeningRequest): Scenario {
  if (method !== 'ExecuteStatement') return { format: 'column' };
  return scenarioOf((request as t.TExecuteStatementReq).statement);
}

function formatFor(method: OpeningMethod, request: OpeningRequest, scenario: Scenario): ResultFormat {
  const wanted = scenario.format ?? 'arrow';
  if (method !== 'ExecuteStatement') return wanted === 'cloudfetch' ? 'arrow' : wanted;
  const { canReadArrowResult, canDownloadResult } = request as t.TExecuteStatementReq;
  if (!canReadArrowResult) return 'column';
  return wanted === 'cloudfetch' && !canDownloadResult ? 'arrow' : wanted;
}

/** Answers the calls that begin a statement: with a handle, and with the results where they come at once. */
export class OpeningCalls {
  readonly #truth: TruthBook;
  readonly #pauses: Pauses;

  constructor(truth: TruthBook, pauses: Pauses) {
    this.#truth = truth;
    this.#pauses = pauses;
  }

  async answer(
    method: OpeningMethod,
    request: OpeningRequest,
    caller: Caller,
    { truth, scenario, error }: Opening,
  ): Promise<OpeningResponse> {
    await this.#pauses.pause(scenario.executeDelayMs);
    if (error !== undefined) return { status: failed(error) };
    if (!this.#truth.isOpen(truth.sessionId)) {
      reject(truth);
      return { status: invalidHandle() };
    }
    const source = sourceOf(method, truth, scenario, caller);
    const statement = new Statement(
      truth,
      scenario,
      source,
      caller.origin,
      formatFor(method, request, scenario),
    );
    this.#truth.operationOpened(statement);
    const handle = statement.handle();
    if (!wantsDirectResults(request, scenario)) return { status: succeeded(), operationHandle: handle };
    return { status: succeeded(), operationHandle: handle, directResults: this.#directResults(statement) };
  }

  #directResults(statement: Statement): t.TSparkDirectResults {
    const { scenario, truth } = statement;
    // Too slow for direct results: the client hears that the statement runs, and polls.
    if (scenario.clock !== undefined) statement.poll();
    else if (!scenario.polls) statement.conclude();
    const direct: t.TSparkDirectResults = { operationStatus: statement.status() };
    if (truth.state !== 'FINISHED') return direct;
    direct.resultSetMetadata = resultMetadata(statement);
    const lastPage = pageCount(statement) <= 1;
    if (statement.hasResultSet) direct.resultSet = nextPage(statement);
    if (scenario.closeWithDirectResults && lastPage) {
      direct.closeOperation = { status: succeeded() };
      statement.close();
      this.#truth.operationEnded(statement);
    }
    return direct;
  }
}

function wantsDirectResults(request: OpeningRequest, scenario: Scenario): boolean {
  return (
    Boolean(request.getDirectResults) && (scenario.directResults ?? (!scenario.polls && !scenario.clock))
  );
}

function sourceOf(
  method: OpeningMethod,
  truth: StatementTruth,
  scenario: Scenario,
  caller: Caller,
): RowSource {
  if (method !== 'ExecuteStatement') return METADATA_TABLES[method];
  if (scenario.staging) return stagingRow(scenario.staging, truth.id, caller.origin);
  return generatedRows;
}
