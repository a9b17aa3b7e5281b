/**
 * Rounds so that the integers still sum, by largest remainder: each is rounded down, and what is missing goes to
 * those that lost most. Each is within one of its value.
 *
 * @param values none negative
 * @param names of the values, all of them
 * @param sum an integer, the rounded sum of the values
 */
export function roundToSum<Name extends string>(
  values: Readonly<Record<Name, number>>,
  names: readonly Name[],
  sum: number,
): Record<Name, number> {
  const rounded: Record<Name, number> = { ...values };
  let missing = sum;
  for (const name of names) {
    rounded[name] = Math.floor(values[name]);
    missing -= rounded[name];
  }
  for (; missing > 0; missing--) {
    const name = largestLoss(values, rounded, names);
    if (name !== undefined) {
      rounded[name]++;
    }
  }
  return rounded;
}

/** The name whose value lost most by rounding, the first of several. One that was raised has lost less than nothing. */
function largestLoss<Name extends string>(
  values: Readonly<Record<Name, number>>,
  rounded: Readonly<Record<Name, number>>,
  names: readonly Name[],
): Name | undefined {
  let largest: Name | undefined;
  let lost = Number.NEGATIVE_INFINITY;
  for (const name of names) {
    if (values[name] - rounded[name] > lost) {
      lost = values[name] - rounded[name];
      largest = name;
    }
  }
  return largest;
}
