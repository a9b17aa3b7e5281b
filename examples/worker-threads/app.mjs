// Each thread loads the modules of `--import` by itself, so each has telemetry of its own.
import { isMainThread, Worker } from 'node:worker_threads';
import { countRows } from './query.mjs';

if (isMainThread) {
  for (let thread = 0; thread < 2; thread++) {
    new Worker(new URL(import.meta.url));
  }
}
console.log(`${isMainThread ? 'main' : 'worker'}: ${await countRows()} rows`);
