import { fork } from 'node:child_process';
import type { Prepared } from './bench.js';
import { BUILT } from './paths.js';

/** Starts a server of `servers/` in a process of its own; it sends what clients need to know. */
export function startServer(name: string): Promise<Prepared & { readonly pid: number | undefined }> {
  const child = fork(BUILT.server(name), { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once('message', (values) => {
      resolve({
        values: values as Record<string, string>,
        pid: child.pid,
        end: async () => {
          child.kill();
        },
      });
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ${name} ended with ${code}`)));
  });
}
