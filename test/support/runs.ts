/**
 * How often a property is tried: fewer times where the whole test runs once per mutant (`npm run mutants`).
 */
export function runs(full: number): number {
  return process.env['MUTANTS_TESTS'] === undefined ? full : Math.min(full, 200);
}
