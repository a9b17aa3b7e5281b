import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Environment, explainGate, type GateDecision, type GateSwitch } from '../../src/gate/gate.js';

const decideGate = (...asked: Parameters<typeof explainGate>): GateDecision => explainGate(...asked).decision;

const NOTHING = { enableTelemetry: undefined, forceEnableTelemetry: undefined };
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
  [{ DATABRICKS_TELEMETRY_DISABLED: 'disable' }, true],
  [{ DATABRICKS_TELEMETRY_DISABLED: 'ture' }, true],
  [{ OTEL_SDK_DISABLED: 'true' }, true],
  [{ OTEL_SDK_DISABLED: 'True' }, true],
  [{ OTEL_SDK_DISABLED: '1' }, false],
];
/** With what an unreadable value counts as, which differs between the two switches. */
const ENVIRONMENT_SAYS: ReadonlyArray<readonly [string | undefined, boolean | 'unreadable' | undefined]> = [
  [undefined, undefined],
  ['true', true],
  [' ON ', true],
  ['false', false],
  ['No', false],
  ['perhaps', 'unreadable'],
  ['disabled', 'unreadable'],
  ['', undefined],
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
              // What turns things on counts as not set if it can't be read, what turns them off as off.
              force: [
                connectionForce,
                processorForce,
                forceInEnvironment === 'unreadable' ? undefined : forceInEnvironment,
              ],
              enable: [
                connectionEnable,
                driverEnable,
                processorEnable,
                enableInEnvironment === 'unreadable' ? false : enableInEnvironment,
              ],
            });
            combinations++;
            if (actual !== expected) {
              expect.fail(`${JSON.stringify({ environment, bits })}: ${actual} instead of ${expected}`);
            }
          }
        }
      }
    }
    expect(combinations).toBe(KILL_SWITCHES.length * ENVIRONMENT_SAYS.length ** 2 * 3 ** 5);
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

describe('the gate says which switch decided', () => {
  it.each<readonly [GateSwitch, Parameters<typeof explainGate>, GateDecision]>([
    ['DATABRICKS_TELEMETRY_DISABLED', [{}, NOTHING, { DATABRICKS_TELEMETRY_DISABLED: 'disable' }], 'off'],
    ['OTEL_SDK_DISABLED', [{ forceEnableTelemetry: true }, NOTHING, { OTEL_SDK_DISABLED: 'true' }], 'off'],
    ['connection.forceEnableTelemetry', [{ forceEnableTelemetry: true }, NOTHING, {}], 'forced'],
    [
      'processor.forceEnableTelemetry',
      [{ enableTelemetry: false }, { ...NOTHING, forceEnableTelemetry: true }, {}],
      'forced',
    ],
    [
      'DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY',
      [{}, NOTHING, { DATABRICKS_OTEL_FORCE_ENABLE_TELEMETRY: 'yes' }],
      'forced',
    ],
    ['connection.enableTelemetry', [{ enableTelemetry: 'false' }, NOTHING, {}], 'off'],
    ['connection.telemetryEnabled', [{ driverTelemetryEnabled: 0 }, NOTHING, {}], 'off'],
    ['processor.enableTelemetry', [{}, { ...NOTHING, enableTelemetry: false }, {}], 'off'],
    [
      'DATABRICKS_OTEL_ENABLE_TELEMETRY',
      [{}, NOTHING, { DATABRICKS_OTEL_ENABLE_TELEMETRY: 'disabled' }],
      'off',
    ],
    ['feature flag', [{ enableTelemetry: true, forceEnableTelemetry: false }, NOTHING, {}], 'flag'],
  ])('%s', (decidedBy, [connection, processor, environment], decision) => {
    expect(explainGate(connection, processor, environment)).toEqual({ decision, decidedBy });
  });
});

function tuples(length: number): Array<Array<boolean | undefined>> {
  return length === 0 ? [[]] : tuples(length - 1).flatMap((tuple) => SAYS.map((say) => [...tuple, say]));
}

function withoutUndefined<Key extends string>(
  object: Record<Key, boolean | undefined>,
): { [K in Key]?: boolean } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in Key]?: boolean };
}
