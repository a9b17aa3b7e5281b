import { logAloud } from './log.js';
import { nearestName } from './nearestName.js';
import { describeName, describeValue } from './optionErrors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'DATABRICKS_OTEL_';
/** More misspelt names than these are not reported. */
const MAX_REPORTS = 10;

/** Every `DATABRICKS_OTEL_*` variable. An option names its own; the compiler refuses one that is not here. */
export const OUR_VARIABLES = [
  'DATABRICKS_OTEL_ENABLE_TELEMETRY',
  'DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY',
  'DATABRICKS_OTEL_DRY_RUN',
  'DATABRICKS_OTEL_COPY_TO',
  'DATABRICKS_OTEL_INSPECT',
  'DATABRICKS_OTEL_QUERY_TEXT',
  'DATABRICKS_OTEL_QUERY_TEXT_MAX_LENGTH',
  'DATABRICKS_OTEL_RECORD_QUERY_PARAMETERS',
  'DATABRICKS_OTEL_RECORD_RETURNED_ROWS',
  'DATABRICKS_OTEL_REQUIRE_PARENT_SPAN',
  'DATABRICKS_OTEL_SUPPRESS_NESTED_SPANS',
  'DATABRICKS_OTEL_TRACEPARENT_QUERY_TAG',
  'DATABRICKS_OTEL_DRIVER_TELEMETRY',
  'DATABRICKS_OTEL_DETAIL',
  'DATABRICKS_OTEL_AUTHENTICATED_EXPORT',
  'DATABRICKS_OTEL_BATCH_SIZE',
  'DATABRICKS_OTEL_FLUSH_INTERVAL_MS',
  'DATABRICKS_OTEL_MAX_QUEUE_SIZE',
  'DATABRICKS_OTEL_SHUTDOWN_TIMEOUT_MS',
] as const;
export type OurVariable = (typeof OUR_VARIABLES)[number];

/** A variable's text; `undefined` if it is not set, or empty, which means the same. */
export function textIn(environment: Environment, name: string): string | undefined {
  // `process.env` inherits from `Object.prototype`, where a careless merge may have left anything.
  return Object.hasOwn(environment, name) ? environment[name]?.trim() || undefined : undefined;
}

const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);

/** A word for yes or no, in any case; `undefined` for any other text. */
export function parseSwitch(text: string): boolean | undefined {
  return SWITCH_WORDS.get(text.toLowerCase());
}

/** A switch in the environment: `undefined` if it is not set. */
export function switchIn(environment: Environment, name: string): boolean | 'unreadable' | undefined {
  const text = textIn(environment, name);
  return text === undefined ? undefined : (parseSwitch(text) ?? 'unreadable');
}

/** Switches that count however the package was set up, with what a value counts as that can't be read. */
const SWITCHES: ReadonlyArray<readonly [name: string, unreadable: string]> = [
  ['DATABRICKS_TELEMETRY_DISABLED', 'it counts as true: nothing is sent to Databricks'],
  ['DATABRICKS_OTEL_ENABLE_TELEMETRY', 'it counts as false: nothing is sent to Databricks'],
  ['DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY', 'it counts as not set'],
];
/** Set to nothing, one of these may have been meant to keep something from leaving. */
const KEEPING: readonly string[] = [
  'DATABRICKS_TELEMETRY_DISABLED',
  'DATABRICKS_OTEL_ENABLE_TELEMETRY',
  'DATABRICKS_OTEL_DRY_RUN',
  'DATABRICKS_OTEL_AUTHENTICATED_EXPORT',
];
/** By the OpenTelemetry specification nothing but `true` disables the SDK. */
const SDK_DISABLED = 'OTEL_SDK_DISABLED';

export function isSdkDisabled(environment: Environment): boolean {
  return textIn(environment, SDK_DISABLED)?.toLowerCase() === 'true';
}

/** Warns of switches that are empty or can't be read, and of `DATABRICKS_OTEL_*` names that nobody reads. */
export function reportEnvironment(environment: Environment): void {
  for (const [name, consequence] of SWITCHES) {
    if (switchIn(environment, name) === 'unreadable') {
      logAloud(
        'warn',
        `${name} is ${describeValue(textIn(environment, name))}; allowed is true or false; ${consequence}`,
      );
    }
  }
  const empty = KEEPING.filter(
    (name) => Object.hasOwn(environment, name) && textIn(environment, name) === undefined,
  );
  if (empty.length > 0) {
    logAloud('warn', `${empty.join(', ')}: set, but empty; that counts as not set`);
  }
  const disabled = textIn(environment, SDK_DISABLED)?.toLowerCase();
  if (disabled !== undefined && disabled !== 'true' && disabled !== 'false') {
    logAloud(
      'warn',
      `${SDK_DISABLED} is ${describeValue(disabled)}; allowed is true or false; it counts as false`,
    );
  }
  for (const name of unknownVariables(environment).slice(0, MAX_REPORTS)) {
    const nearest = nearestName(name, OUR_VARIABLES);
    logAloud(
      'warn',
      `there is no environment variable ${describeName(name)}; it has no effect` +
        (nearest === undefined ? '' : `. Did you mean '${nearest}'?`),
    );
  }
}

function unknownVariables(environment: Environment): readonly string[] {
  const known: readonly string[] = OUR_VARIABLES;
  return Object.keys(environment).filter(
    (name) => name.startsWith(PREFIX) && !known.includes(name) && textIn(environment, name) !== undefined,
  );
}
