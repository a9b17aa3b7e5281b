/**
 * A program that sends records, and whose event loop is blocked for as long as its parent says, when it says so. Its
 * argument says where to, as JSON. It reports its statistics when all is sent, or after 40 s.
 */

import { resolveProcessorOptions } from '../../../src/config.js';
import { DatabricksExporter } from '../../../src/exporter/databricksExporter.js';
import { loadNetwork } from '../../../src/exporter/loadNetwork.js';
import { createHosts } from '../../../src/hosts/createHosts.js';
import { OperationRecord } from '../../../src/records.js';
import { TestConnection } from '../../support/connections.js';

const { port, ca } = JSON.parse(process.argv[2] ?? '') as { port: number; ca: string };
process.on('message', (blockMs: number) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
});
await loadNetwork();
const options = resolveProcessorOptions({ flushIntervalMs: 100 });
const hosts = createHosts(options, new DatabricksExporter());
const lease = hosts.acquire(new TestConnection({ host: '127.0.0.1', port, route: { ca: [ca] } }));
for (let i = 0; i < 5; i++) {
  lease?.enqueue(new OperationRecord(Date.now()));
}
const giveUpAt = performance.now() + 40_000;
const timer = setInterval(() => {
  const { exported, flagFetches, exportRequests } = hosts.stats();
  if (exported === 5 || performance.now() > giveUpAt) {
    clearInterval(timer);
    process.send?.({ exported, failedFlagRequests: flagFetches.failed, exportRequests });
    process.disconnect();
    void hosts.shutdown(100);
  }
}, 50);
