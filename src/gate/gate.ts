import type { ResolvedHostOptions } from '../config.js';
import { type ConnectionTelemetryOptions, isNo } from '../connectionHandle.js';
import { type Environment, isSdkDisabled, switchIn } from '../environment.js';

/** What the gate says of one connection: nothing leaves, all leaves, or the server's feature flag decides. */
export type GateDecision = 'off' | 'forced' | 'flag';

export type { Environment };

/** Which switch decided: a variable of the environment, an option of the connection or processor, or nobody. */
export type GateSwitch =
  | 'DATABRICKS_TELEMETRY_DISABLED'
  | 'OTEL_SDK_DISABLED'
  | 'connection.forceEnableTelemetry'
  | 'processor.forceEnableTelemetry'
  | 'DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY'
  | 'connection.enableTelemetry'
  | 'connection.telemetryEnabled'
  | 'processor.enableTelemetry'
  | 'DATABRICKS_OTEL_ENABLE_TELEMETRY'
  | 'feature flag';

export interface GateVerdict {
  readonly decision: GateDecision;
  readonly decidedBy: GateSwitch;
}

/** The processor's own say. */
export type ProcessorTelemetryOptions = Pick<ResolvedHostOptions, 'enableTelemetry' | 'forceEnableTelemetry'>;

/**
 * Decides for one connection, highest first:
 *
 * 1. the environment's kill switch: off, above all else, because the operator of a machine has the last word
 * 2. `forceEnableTelemetry`: on without asking the server; connection before processor before environment
 * 3. `enableTelemetry: false`, wherever it stands: off; any false beats any true
 * 4. `enableTelemetry: true`, and 5. nothing said: the server's flag decides
 * 6. the flag absent: off (the flag itself says so, see FeatureFlag)
 *
 * A switch of the environment that can't be read counts as off.
 */
export function explainGate(
  connection: ConnectionTelemetryOptions,
  processor: ProcessorTelemetryOptions,
  environment: Environment,
): GateVerdict {
  const killSwitch = killSwitchIn(environment);
  if (killSwitch !== undefined) {
    return { decision: 'off', decidedBy: killSwitch };
  }
  const [force, forcedBy] = forceOf(connection, processor, environment);
  if (force === true) {
    return { decision: 'forced', decidedBy: forcedBy };
  }
  const refusal = refusalOf(connection, processor, environment);
  return refusal === undefined
    ? { decision: 'flag', decidedBy: 'feature flag' }
    : { decision: 'off', decidedBy: refusal };
}

function killSwitchIn(environment: Environment): GateSwitch | undefined {
  // Somebody wanted something off: what can't be read counts as that.
  const disabled = switchIn(environment, 'DATABRICKS_TELEMETRY_DISABLED');
  if (disabled === true || disabled === 'unreadable') {
    return 'DATABRICKS_TELEMETRY_DISABLED';
  }
  return isSdkDisabled(environment) ? 'OTEL_SDK_DISABLED' : undefined;
}

function forceOf(
  connection: ConnectionTelemetryOptions,
  processor: ProcessorTelemetryOptions,
  environment: Environment,
): readonly [force: boolean, by: GateSwitch] {
  if (typeof connection.forceEnableTelemetry === 'boolean') {
    return [connection.forceEnableTelemetry, 'connection.forceEnableTelemetry'];
  }
  if (processor.forceEnableTelemetry !== undefined) {
    return [processor.forceEnableTelemetry, 'processor.forceEnableTelemetry'];
  }
  const variable = 'DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY';
  return [switchIn(environment, variable) === true, variable];
}

function refusalOf(
  connection: ConnectionTelemetryOptions,
  processor: ProcessorTelemetryOptions,
  environment: Environment,
): GateSwitch | undefined {
  if (isNo(connection.enableTelemetry)) {
    return 'connection.enableTelemetry';
  }
  if (isNo(connection.driverTelemetryEnabled)) {
    return 'connection.telemetryEnabled';
  }
  if (isNo(processor.enableTelemetry)) {
    return 'processor.enableTelemetry';
  }
  const variable = 'DATABRICKS_OTEL_ENABLE_TELEMETRY';
  return isNo(switchIn(environment, variable)) ? variable : undefined;
}
