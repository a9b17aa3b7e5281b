import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Where the processes that measure run, and where the servers that they talk to. */
export const CLIENT_CORE = 0;
export const SERVER_CORE = 1;

/**
 * Keeps a process on one core. Client and server then never share one, and waking the other up costs the same
 * every time: without it, the same set-up measured twice differs by several percent.
 *
 * @returns false where `taskset` is not installed, or there is one core only
 */
export function keepOnCore(core: number, pid = process.pid): boolean {
  if (availableParallelism() <= core) {
    return false;
  }
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
