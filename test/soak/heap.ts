import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

const ROUNDS = 6;

// What has been compiled is kept: else it comes and goes by itself, half a percent at a time.
setFlagsFromString('--no-flush-bytecode');

/** Bytes of objects, without machine code, that are in use after full collections, the callbacks of what was collected included. */
export async function heapInUse(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) {
    throw new Error('run this with --expose-gc: npm run soak');
  }
  let smallest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    gc();
    await sleep(20);
    smallest = Math.min(smallest, objectBytes());
  }
  return smallest;
}

function objectBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name }) => !space_name.startsWith('code'))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}

/** How much more there is at the end of the last quarter than at the end of the second, in percent. */
export function growthOf(quarters: readonly number[]): number {
  const [, second = Number.NaN, , last = Number.NaN] = quarters;
  return ((last - second) / second) * 100;
}
