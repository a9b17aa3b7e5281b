import type { BreakerHistory } from '../model.js';

const MS_PER_MIN = 60_000;
/** The line shows the shortest of these times that has all changes, in minutes. */
const WINDOWS_MIN = [1, 5, 15, 60, 360, 1_440] as const;

/** A time in which a circuit breaker did not change its state. */
export interface Era {
  readonly state: string;
  readonly from: number;
  readonly to: number;
}

/** @returns minutes */
export function windowOf({ steps }: BreakerHistory, now: number): number {
  const ageMin = (now - (steps[0]?.at ?? now)) / MS_PER_MIN;
  return WINDOWS_MIN.find((minutes) => minutes >= ageMin) ?? 1_440;
}

/** The states from `from` to `now`, oldest first. */
export function erasOf({ since, first, steps }: BreakerHistory, from: number, now: number): Era[] {
  const changes = [
    { at: Number.NEGATIVE_INFINITY, state: 'unknown' },
    { at: since, state: first },
    ...steps.map(({ at, state }) => ({ at, state: state === 'forgotten' ? 'closed' : state })),
  ];
  return changes
    .map(({ at, state }, index) => ({
      state,
      from: Math.max(at, from),
      to: Math.min(changes[index + 1]?.at ?? now, now),
    }))
    .filter((era) => era.to > era.from);
}

/** How long it was in each state. Milliseconds. */
export function totalsOf(eras: readonly Era[]): Array<readonly [state: string, ms: number]> {
  const totals = new Map<string, number>();
  for (const { state, from, to } of eras) {
    totals.set(state, (totals.get(state) ?? 0) + to - from);
  }
  return [...totals];
}
