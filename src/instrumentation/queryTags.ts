import type { Attributes } from '@opentelemetry/api';
import type { Guard } from '../guard.js';
import { Tag } from '../tags/index.js';
import type { DriverStatementOptions } from './driverShapes.js';
import type { ResolvedInstrumentationConfig } from './instrumentationConfig.js';
import type { KnownStatement } from './knownStatements.js';
import { type StatementSummary, truncateSql } from './sql/index.js';

/** Characters of one parameter's value that are recorded. */
const MAX_PARAMETER_LENGTH = 1_024;
/** Parameters of one statement that are recorded. */
const MAX_PARAMETERS = 100;

/** A statement as the application gave it. */
export interface GivenStatement {
  readonly sql: string;
  /** What is known of this text. */
  readonly statement: KnownStatement;
  readonly options: DriverStatementOptions | undefined;
  /** False leaves the query text out, whatever the configuration. */
  readonly withText: boolean;
}

/**
 * Adds what the SQL text tells to a statement's attributes.
 *
 * @param userCode calls the user's sanitizer
 */
export function addStatementTags(
  attributes: Attributes,
  given: GivenStatement,
  config: ResolvedInstrumentationConfig,
  userCode: Guard,
): StatementSummary {
  const { options, withText } = given;
  const { summary } = given.statement;
  attributes[Tag.statementType] = summary.statementType;
  if (summary.summary !== undefined) {
    attributes[Tag.dbQuerySummary] = summary.summary;
  }
  if (summary.storedProcedure !== undefined) {
    attributes[Tag.dbStoredProcedureName] = summary.storedProcedure;
  }
  const text = withText ? queryText(given, config, userCode) : undefined;
  if (text !== undefined) {
    attributes[Tag.dbQueryText] = text;
  }
  if (config.recordQueryParameters) {
    addParameters(attributes, options);
  }
  return summary;
}

function queryText(
  { sql, statement, options }: GivenStatement,
  config: ResolvedInstrumentationConfig,
  userCode: Guard,
): string | undefined {
  const { queryText: mode, queryTextMaxLength: max, sanitizer } = config;
  if (mode === 'off') {
    return undefined;
  }
  // The conventions: parameterised text is recorded as it is, its values are elsewhere.
  if (mode === 'raw' || isParameterised(options)) {
    return truncateSql(sql, max);
  }
  if (sanitizer === undefined) {
    return statement.sanitized(max);
  }
  const sanitized: unknown = userCode.call('sanitizer', sanitizer, sql);
  if (typeof sanitized === 'string') {
    return truncateSql(sanitized, max);
  }
  if (sanitized !== undefined) {
    userCode.note('sanitizer');
  }
  return undefined;
}

function isParameterised(options: DriverStatementOptions | undefined): boolean {
  if (options === undefined || options === null) {
    return false;
  }
  const { namedParameters, ordinalParameters } = options;
  if (ordinalParameters !== undefined && ordinalParameters !== null && ordinalParameters.length > 0) {
    return true;
  }
  for (const _ in namedParameters) {
    return true;
  }
  return false;
}

function addParameters(attributes: Attributes, options: DriverStatementOptions | undefined): void {
  const named = Object.entries(options?.namedParameters ?? {});
  const ordinal = Object.entries(options?.ordinalParameters ?? []);
  for (const [key, value] of [...named, ...ordinal].slice(0, MAX_PARAMETERS)) {
    attributes[`${Tag.dbQueryParameterPrefix}${key}`] = parameterText(value);
  }
}

/** A plain value, or a `DBSQLParameter`, as text. */
function parameterText(value: unknown): string {
  const plain = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  return String(plain).slice(0, MAX_PARAMETER_LENGTH);
}
