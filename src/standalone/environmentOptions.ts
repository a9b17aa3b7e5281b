import { type DatabricksSpanProcessorOptions, PROCESSOR_OPTIONS } from '../config.js';
import { type Environment, textIn } from '../environment.js';
import {
  type DatabricksSqlInstrumentationConfig,
  INSTRUMENTATION_OPTIONS,
} from '../instrumentation/instrumentationConfig.js';
import { logError } from '../log.js';
import { describeValue } from '../optionErrors.js';
import type { Option, OptionTable } from '../optionTable.js';
import { EXPORT_LOCAL_OPTIONS, type ExportLocalOptions } from '../processor/exportLocal.js';

export interface EnvironmentOptions {
  readonly instrumentation: DatabricksSqlInstrumentationConfig;
  readonly processor: DatabricksSpanProcessorOptions;
  readonly local: ExportLocalOptions;
}

/** Read by the gate for every connection, however the package was set up. */
const READ_BY_GATE: readonly string[] = ['enableTelemetry', 'forceEnableTelemetry'];

/** What our `DATABRICKS_OTEL_*` say. A value that is not allowed is logged, and another is used. */
export function readEnvironmentOptions(environment: Environment): EnvironmentOptions {
  return {
    instrumentation: readVariables(INSTRUMENTATION_OPTIONS, environment),
    processor: readVariables(PROCESSOR_OPTIONS, environment),
    local: readVariables(EXPORT_LOCAL_OPTIONS, environment),
  };
}

function readVariables(table: OptionTable, environment: Environment): object {
  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const value = READ_BY_GATE.includes(name) ? undefined : readVariable(option, environment);
    if (value !== undefined) {
      options[name] = value;
    }
  }
  return options;
}

function readVariable(option: Option<unknown>, environment: Environment): unknown {
  const { variable, allowed, unreadable } = option;
  const text = variable === undefined ? undefined : textIn(environment, variable);
  if (variable === undefined || text === undefined) {
    return undefined;
  }
  try {
    return option.check(option.parse(text), { owner: variable, name: variable });
  } catch {
    const used = unreadable === undefined ? 'the default' : describeValue(unreadable);
    logError(`${variable} is ${describeValue(text)}; allowed is ${allowed}; ${used} is used`);
    return unreadable;
  }
}
