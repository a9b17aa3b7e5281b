import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideGate, type Environment, type GateDecision } from '../../src/hosts/gate.js';

const SAYS = [undefined, true, false] as const;
const KILL_SWITCHES: ReadonlyArray<readonly [Environment, boolean]> = [
  [{}, false],
  [{ DATABRICKS_TELEMETRY_DISABLED: '1' }, true],
  [{ DATABRICKS_TELEMETRY_DISABLED: ' TRUE ' }, true],
  [{ DATABRICKS_TELEMETRY_DISABLED: 'Yes' }, true],
  [{ DATABRICKS_TELEMETRY_DISABLED: 'on' }, true],
  [{ DATABRICKS_TELEMETRY_DISABLED: '0' }, false],
  [{ DATABRICKS_TELEMETRY_DISABLED: 'false' }, false],
  [{ DATABRICKS_TELEMETRY_DISABLED: '' }, false],
  [{ OTEL_SDK_DISABLED: 'true' }, true],
  [{ OTEL_SDK_DISABLED: 'True' }, true],
  [{ OTEL_SDK_DISABLED: '1' }, false],
];
const ENVIRONMENT_SAYS: ReadonlyArray<readonly [string | undefined, boolean | undefined]> = [
  [undefined, undefined],
  ['true', true],
  [' ON ', true],
  ['false', false],
  ['No', false],
  ['perhaps', undefined],
];

/** The six levels as a list of rules of which the first that applies decides; written apart from the code. */
function reference(says: {
  killed: boolean;
  force: ReadonlyArray<boolean | undefined>;
  enable: ReadonlyArray<boolean | undefined>;
}): GateDecision {
  const rules: Array<[boolean, GateDecision]> = [
    [says.killed, 'off'],
    [says.force.filter((say) => say !== undefined)[0] === true, 'forced'],
    [says.enable.includes(false), 'off'],
    [says.enable.includes(true), 'flag'],
    [true, 'flag'],
  ];
  return rules.find(([applies]) => applies)?.[1] ?? 'off';
}

describe('the gate', () => {
  it('agrees with an independent reference in every combination of its inputs', () => {
    let combinations = 0;
    for (const [killEnvironment, killed] of KILL_SWITCHES) {
      for (const [forceText, forceInEnvironment] of ENVIRONMENT_SAYS) {
        for (const [enableText, enableInEnvironment] of ENVIRONMENT_SAYS) {
          const environment = {
            ...killEnvironment,
            DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY: forceText,
            DATABRICKS_OTEL_ENABLE_TELEMETRY: enableText,
          };
          for (const bits of tuples(5)) {
            const [connectionForce, processorForce, connectionEnable, driverEnable, processorEnable] = bits;
            const actual = decideGate(
              withoutUndefined({
                forceEnableTelemetry: connectionForce,
                enableTelemetry: connectionEnable,
                driverTelemetryEnabled: driverEnable,
              }),
              { forceEnableTelemetry: processorForce, enableTelemetry: processorEnable },
              environment,
            );
            const expected = reference({
              killed,
              force: [connectionForce, processorForce, forceInEnvironment],
              enable: [connectionEnable, driverEnable, processorEnable, enableInEnvironment],
            });
            combinations++;
            if (actual !== expected) {
              expect.fail(`${JSON.stringify({ environment, bits })}: ${actual} instead of ${expected}`);
            }
          }
        }
      }
    }
    expect(combinations).toBe(KILL_SWITCHES.length * 6 * 6 * 3 ** 5);
  });

  it('lets the kill switch stand above force', () => {
    const decision = decideGate({ forceEnableTelemetry: true }, NOTHING, {
      DATABRICKS_TELEMETRY_DISABLED: '1',
    });
    expect(decision).toBe('off');
  });

  it('lets force stand above a no, and asks the flag when nobody says anything', () => {
    expect(decideGate({ enableTelemetry: false, forceEnableTelemetry: true }, NOTHING, {})).toBe('forced');
    expect(decideGate({}, NOTHING, {})).toBe('flag');
  });

  it('takes anything that is set and is not true for a no', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        fc.pre(value !== undefined && value !== true);
        expect(decideGate({ enableTelemetry: value as boolean }, NOTHING, {})).toBe('off');
      }),
    );
  });

  it('forces for nothing but true', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        fc.pre(value !== true);
        expect(decideGate({ forceEnableTelemetry: value as boolean }, NOTHING, {})).toBe('flag');
      }),
    );
  });
});

const NOTHING = { enableTelemetry: undefined, forceEnableTelemetry: undefined };

function tuples(length: number): Array<Array<boolean | undefined>> {
  return length === 0 ? [[]] : tuples(length - 1).flatMap((tuple) => SAYS.map((say) => [...tuple, say]));
}

function withoutUndefined<Key extends string>(
  object: Record<Key, boolean | undefined>,
): { [K in Key]?: boolean } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in Key]?: boolean };
}
