import { spawn } from 'node:child_process';

const TIMEOUT_MS = 60_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Resolves when the program has printed what matches; rejects if it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to end. */
  end(): void;
}

export function start(
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
): Running {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(stdout);
          if (found !== null) {
            resolve(found);
          }
        };
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`it ended before it printed ${pattern}\n${stderr}`)));
        look();
      }),
    end: () => {
      child.kill('SIGTERM');
    },
  };
}
