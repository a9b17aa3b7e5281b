// Each worker gets the primary's `--import`, so each has telemetry of its own.
import cluster from 'node:cluster';
import { countRows } from './query.mjs';

if (cluster.isPrimary) {
  for (let worker = 0; worker < 2; worker++) {
    cluster.fork();
  }
} else {
  console.log(`worker: ${await countRows()} rows`);
  // The channel to the primary would keep the worker running; without it the process ends, and sends what is queued.
  cluster.worker.disconnect();
}
