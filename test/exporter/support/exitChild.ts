/**
 * A program that begins an export and has nothing more to do once its standard input ends. Its argument
 * says where to, as JSON.
 */

import type { ProxyRoute } from '../../../src/connectionHandle.js';
import { ProvidedCredentials } from '../../../src/credentials/providedCredentials.js';
import { Guard } from '../../../src/guard.js';
import { NODE_RUNTIME } from '../../../src/runtime.js';
import { destinationTo, fullRecord, hostExporter, never, routeVia } from './fixtures.js';

interface ChildTask {
  readonly port: number;
  readonly host?: string;
  readonly ca?: string;
  readonly proxy?: ProxyRoute;
  readonly what: 'export' | 'flag' | 'token' | 'second export';
  readonly maxRetries?: number;
  readonly timeoutMs?: number;
}

process.stdin.resume();
const task = JSON.parse(process.argv[2] ?? '') as ChildTask;
const timeoutMs = task.timeoutMs ?? 20_000;
const exporter = hostExporter(task.port, {
  host: task.host ?? '127.0.0.1',
  maxRetries: task.maxRetries ?? 3,
  timeouts: { connectMs: timeoutMs, headersMs: timeoutMs, bodyMs: timeoutMs },
});
const route = routeVia(task.ca, task.proxy && { proxy: task.proxy });
const destination = destinationTo(task.port, route);
if (task.what === 'second export') {
  await exporter.export([fullRecord()], destination, never);
  await new Promise((resolve) => setImmediate(resolve));
}
const finished = {
  flag: () => exporter.fetchFeatureFlag(destination, '2.1.0', never),
  token: () =>
    new ProvidedCredentials(() => new Promise(() => {}), '', {
      runtime: NODE_RUNTIME,
      guard: new Guard(),
    }).get(never),
  export: () => exporter.export(Array.from({ length: 100 }, fullRecord), destination, never),
  'second export': () => exporter.export(Array.from({ length: 100 }, fullRecord), destination, never),
}[task.what]();
finished.then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
process.on('exit', () => process.stdout.write('exit\n'));
