import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes in use after full collections. Needs `--expose-gc`. */
export async function collectedHeap(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) {
    throw new Error('start node with --expose-gc');
  }
  // Finalizers and promises get their turns between the collections.
  for (let round = 0; round < 6; round++) {
    gc();
    await sleep(50);
  }
  return process.memoryUsage().heapUsed;
}

/** Growth from the end of the second to that of the last quarter, in percent. */
export function growthPercent(quarters: readonly number[]): number {
  const [, second = Number.NaN, , last = Number.NaN] = quarters;
  return ((last - second) / second) * 100;
}
