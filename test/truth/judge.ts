import type { TelemetryLog } from '../support/local-databricks/index.js';
import type { Expectation, ExpectedField } from './expectations.js';
import { OPERATION_FIELD_NAMES, OPERATION_FIELDS, type OperationField } from './fields.js';
import type { Reason } from './scenario.js';

/** ✓ right, – rightly left out, ✗ wrong, ∅ missing; a reason: left out, as it cannot be known. */
export type Verdict = '✓' | '–' | '✗' | '∅' | Reason;

export interface Judgement {
  readonly logs: number;
  readonly fields: Readonly<Record<OperationField, Verdict>>;
  /** What was found where it was wrong, for whoever has to find out why. */
  readonly wrong: readonly string[];
}

/**
 * Judges all logs of one operation. Where there are several, a field is right if any of them has it right:
 * more than a reader of them could rely on.
 */
export function judgeOperation(
  logs: readonly TelemetryLog[],
  expected: Readonly<Record<OperationField, ExpectedField>>,
): Judgement {
  const fields = {} as Record<OperationField, Verdict>;
  const wrong: string[] = [];
  for (const name of OPERATION_FIELD_NAMES) {
    const values = logs.map(OPERATION_FIELDS[name]).filter((value) => value !== undefined);
    const { expectation, unknowable } = expected[name];
    const verdict = judge(values, expectation);
    fields[name] = verdict === '∅' && unknowable !== undefined ? unknowable : verdict;
    if (verdict === '✗' || fields[name] === '∅') {
      wrong.push(`${name}: ${JSON.stringify(values)} instead of ${JSON.stringify(expectation)}`);
    }
  }
  return { logs: logs.length, fields, wrong };
}

export function judge(values: readonly unknown[], expectation: Expectation): '✓' | '–' | '✗' | '∅' {
  if (expectation === 'absent') {
    return values.length === 0 ? '–' : '✗';
  }
  if (values.length === 0) {
    return '∅';
  }
  return values.some((value) => fits(value, expectation)) ? '✓' : '✗';
}

function fits(value: unknown, expectation: Exclude<Expectation, 'absent'>): boolean {
  if ('is' in expectation) {
    return value === expectation.is;
  }
  return typeof value === 'number' && value >= expectation.atLeast && value <= expectation.atMost;
}
