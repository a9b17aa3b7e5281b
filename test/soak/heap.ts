import { setTimeout as sleep } from 'node:timers/promises';

const ROUNDS = 6;

/** Bytes that are in use after full collections, the callbacks of what was collected included. */
export async function heapInUse(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) {
    throw new Error('run this with --expose-gc: npm run soak');
  }
  let smallest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    gc();
    await sleep(20);
    smallest = Math.min(smallest, process.memoryUsage().heapUsed);
  }
  return smallest;
}

/** How much more there is at the end of the last quarter than at the end of the second, in percent. */
export function growthOf(quarters: readonly number[]): number {
  const [, second = Number.NaN, , last = Number.NaN] = quarters;
  return ((last - second) / second) * 100;
}
