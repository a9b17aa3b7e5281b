import type { Effort } from './bench.js';
import { threadTime } from './clock.js';
import { median } from './samples.js';

const MIN_BLOCKS = 7;
const NS_PER_MS = 1_000_000;

/** A piece of work of some 10 milliseconds, so that collections of garbage fall evenly on all blocks. */
export interface Block {
  readonly operations: number;
  run(): void | Promise<void>;
}

/** Nanoseconds of the thread's time per operation: the median of the blocks, after a warm-up. */
export async function nanosecondsPer(block: Block, effort: Effort): Promise<number> {
  await repeat(block, effort.warmUpMs, effort);
  return median(await repeat(block, effort.measureMs, effort));
}

async function repeat(block: Block, forMs: number, effort: Effort): Promise<number[]> {
  const times: number[] = [];
  const end = threadTime() + forMs * NS_PER_MS;
  const atLeast = effort.smoke ? 1 : MIN_BLOCKS;
  while (times.length < atLeast || threadTime() < end) {
    const start = threadTime();
    const running = block.run();
    if (running !== undefined) {
      await running;
    }
    times.push((threadTime() - start) / block.operations);
  }
  return times;
}

/** So many operations, in slices with a turn of the event loop between them: what runs in the background runs. */
export function slices(operations: number, perSlice: number, run: (count: number) => void): Block {
  return {
    operations,
    run: async () => {
      for (let done = 0; done < operations; done += perSlice) {
        run(Math.min(perSlice, operations - done));
        await turn();
      }
    },
  };
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
