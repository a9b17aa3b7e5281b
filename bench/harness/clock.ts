import { openSync, readSync } from 'node:fs';

const MS_TO_NS = 1_000_000;

/**
 * Nanoseconds for which this thread has been on a CPU. Where nothing else runs that is the time that passes;
 * where something does, it is not counted. Where the system does not tell (only Linux does), the time that
 * passes.
 */
export const threadTime: () => number = openThreadTime() ?? (() => performance.now() * MS_TO_NS);

function openThreadTime(): (() => number) | undefined {
  try {
    const file = openSync('/proc/thread-self/schedstat', 'r');
    const buffer = Buffer.alloc(64);
    const read = () => {
      // Asking for this brings the kernel's books up to date: else they are some milliseconds behind.
      process.cpuUsage();
      const length = readSync(file, buffer, 0, buffer.length, 0);
      return Number(buffer.toString('latin1', 0, length).split(' ', 1)[0]);
    };
    return read() > 0 ? read : undefined;
  } catch {
    return undefined;
  }
}
