/**
 * Rounds so that the integers still sum, by largest remainder: each is rounded down, and what is missing goes to
 * those that lost most. Each is within one of its value.
 *
 * @param values none negative
 * @param sum an integer, the rounded sum of the values
 */
export function roundToSum(values: readonly number[], sum: number): number[] {
  const rounded = values.map(Math.floor);
  let missing = sum;
  for (const value of rounded) {
    missing -= value;
  }
  if (missing > 0) {
    const lost = (index: number): number => (values[index] ?? 0) - (rounded[index] ?? 0);
    const byLoss = rounded.map((_, index) => index).sort((a, b) => lost(b) - lost(a));
    for (const index of byLoss.slice(0, missing)) {
      rounded[index] = (rounded[index] ?? 0) + 1;
    }
  }
  return rounded;
}
