import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Where the processes that measure run, and where the servers that they talk to. */
export const CLIENT_CORE = 0;
export const SERVER_CORE = 1;

/**
 * Keeps a process on one core. Client and server then never share one, and waking the other up costs the same
 * every time: without it, the same set-up measured twice differs by several percent. Does nothing where `taskset` is
 * not installed, or where there is no such core.
 */
export function keepOnCore(core: number, pid = process.pid): void {
  if (availableParallelism() <= core) {
    return;
  }
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
      stdio: 'ignore',
    });
  } catch {
    // Then the figures are noisier.
  }
}
