import { spawn } from 'node:child_process';

const TIMEOUT_MS = 120_000;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What tells a program where it runs, and nothing of what npm tells the scripts that it runs. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_OPTIONS|OTEL_|DATABRICKS_)/i.test(name),
  );
  return Object.fromEntries(entries);
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...plainEnvironment(), ...environment },
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
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** @throws Error with all that the program said, unless it ended well */
export function expectSuccess(what: string, { code, stdout, stderr }: Outcome): void {
  if (code !== 0) {
    throw new Error(`${what}: exit code ${code}\n${stdout}${stderr}`);
  }
}
