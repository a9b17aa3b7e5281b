import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import packageJson from '../../../package.json' with { type: 'json' };
import { buildPage } from '../../../tools/buildPage.js';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
/** Then the process is killed: whatever holds it for so long would hold it for good. */
const TIMEOUT_MS = 110_000;

export interface Outcome {
  /** `null` if a signal ended it. */
  readonly code: number | null;
  readonly signal?: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunControl {
  /** A signal to send as soon as the application has printed `after`: once, or again and again until it ends. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly after: string; readonly isRepeated?: boolean };
  /** Default: the application's folder. */
  readonly cwd?: string;
}

/** An application's folder with this package, as it would be built, among its modules. */
export interface Installation {
  readonly folder: string;
  /** Runs Node.js there, to its end. */
  run(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
    options?: RunControl,
  ): Promise<Outcome>;
  remove(): Promise<void>;
}

/** Makes one with the applications of `test/attach/apps`. The driver and the SDK are those of this project. */
export async function install(): Promise<Installation> {
  // Below the project's node_modules, so that everything else is found from there.
  const folder = await mkdtemp(join(PROJECT, 'node_modules', '.attach-'));
  const packageFolder = join(folder, 'node_modules', packageJson.name);
  await Promise.all([
    cp(join(PROJECT, 'test/attach/apps'), folder, { recursive: true }),
    buildPage(join(packageFolder, 'dist', 'inspector')),
    ...(['esm', 'cjs'] as const).map((format) =>
      build({
        absWorkingDir: PROJECT,
        entryPoints: {
          index: 'src/index.ts',
          register: 'src/register.ts',
          inspector: 'src/inspector/index.ts',
          cli: 'src/cli/main.ts',
        },
        outdir: join(packageFolder, 'dist'),
        outExtension: { '.js': format === 'esm' ? '.js' : '.cjs' },
        format,
        bundle: true,
        splitting: format === 'esm',
        platform: 'node',
        target: 'node20',
        packages: 'external',
        logOverride: { 'empty-import-meta': 'silent' },
      }),
    ),
  ]);
  await writeFile(join(packageFolder, 'package.json'), JSON.stringify(packageJson));
  // Without it esbuild takes the application for a part of this project, and the package for itself.
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'application', private: true }));
  return {
    folder,
    run: (args, environment = {}, control = {}) => run(args, environment, { cwd: folder, ...control }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { cwd, signal }: RunControl,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, args, {
      cwd,
      env: { PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    let isSignalled = false;
    let repeating: NodeJS.Timeout | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (signal !== undefined && !isSignalled && stdout.includes(signal.after)) {
        isSignalled = true;
        child.kill(signal.name);
        if (signal.isRepeated === true) {
          repeating = setInterval(() => child.kill(signal.name), 100);
        }
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, endedBy) => {
      clearInterval(repeating);
      resolve({ code, stdout, stderr, ...(endedBy !== null && { signal: endedBy }) });
    });
  });
}
