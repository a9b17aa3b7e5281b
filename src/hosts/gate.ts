import type { ResolvedHostOptions } from '../config.js';
import type { ConnectionTelemetryOptions } from '../connectionHandle.js';

/** What the gate says of one connection: nothing leaves, all leaves, or the server's feature flag decides. */
export type GateDecision = 'off' | 'forced' | 'flag';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The processor's own say. */
export type ProcessorTelemetryOptions = Pick<ResolvedHostOptions, 'enableTelemetry' | 'forceEnableTelemetry'>;

const YES: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on']);
const NO: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off']);

/**
 * Decides for one connection, highest first:
 *
 * 1. the environment's kill switch: off, above all else, because the operator of a machine has the last word
 * 2. `forceEnableTelemetry`: on without asking the server; connection before processor before environment
 * 3. `enableTelemetry: false`, wherever it stands: off; any false beats any true
 * 4. `enableTelemetry: true`, and 5. nothing said: the server's flag decides
 * 6. the flag absent: off (the flag itself says so, see FeatureFlag)
 */
export function decideGate(
  connection: ConnectionTelemetryOptions,
  processor: ProcessorTelemetryOptions,
  environment: Environment,
): GateDecision {
  if (isKilled(environment)) {
    return 'off';
  }
  const force =
    (typeof connection.forceEnableTelemetry === 'boolean' ? connection.forceEnableTelemetry : undefined) ??
    processor.forceEnableTelemetry ??
    switchIn(environment, 'DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY');
  if (force === true) {
    return 'forced';
  }
  const saysNo =
    isNo(connection.enableTelemetry) ||
    isNo(connection.driverTelemetryEnabled) ||
    isNo(processor.enableTelemetry) ||
    isNo(switchIn(environment, 'DATABRICKS_OTEL_ENABLE_TELEMETRY'));
  return saysNo ? 'off' : 'flag';
}

function isKilled(environment: Environment): boolean {
  return (
    switchIn(environment, 'DATABRICKS_TELEMETRY_DISABLED') === true ||
    // The specification knows only `true` here.
    textIn(environment, 'OTEL_SDK_DISABLED') === 'true'
  );
}

/** Whatever is set and is not `true` is a no: an untyped caller who writes 'false' must not be ignored. */
function isNo(value: unknown): boolean {
  return value !== undefined && value !== true;
}

function switchIn(environment: Environment, name: string): boolean | undefined {
  const text = textIn(environment, name);
  if (YES.has(text)) {
    return true;
  }
  return NO.has(text) ? false : undefined;
}

function textIn(environment: Environment, name: string): string {
  return (environment[name] ?? '').trim().toLowerCase();
}
