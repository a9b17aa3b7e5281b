import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { textIn } from '../../environment.js';
import type { Finding } from './finding.js';

const NAME = 'Instrumentation';
const PACKAGE = 'opentelemetry-databricks-sql';
const REGISTER = `${PACKAGE}/register`;
const TIMEOUT_MS = 30_000;

const MARK = 'driver: ';

/** Loads the driver as the application would, and says whether its methods were replaced by this package. */
const PROBE = `
const { createRequire } = require('node:module');
const { DBSQLClient } = createRequire(process.env.DOCTOR_FOLDER + '/index.js')('@databricks/sql');
const observed = DBSQLClient.prototype.connect[Symbol.for('opentelemetry-databricks-sql/observer/v1')] !== undefined;
process.stdout.write('${MARK}' + (observed ? 'observed' : 'not observed'), () => process.exit(0));
`;

/** This package's own `register`, beside the file that this code is in. */
function ownRegister(): string | undefined {
  const here = dirname(typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url));
  const path = join(here, 'register.js');
  return existsSync(path) ? path : undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the driver is observed: where NODE_OPTIONS loads `register`, by what stands there and in its order, else
 * where `register` is loaded first.
 */
export async function checkInstrumentation(
  folder: string,
  environment: Environment,
  register = ownRegister(),
): Promise<Finding[]> {
  const setUp = loadedBy(environment);
  if (setUp.level === 'ok') {
    return [await probe(folder, environment, []), setUp];
  }
  const found: Finding =
    register === undefined
      ? { level: 'warn', name: NAME, text: 'not checked: this package is not built' }
      : await probe(folder, { ...environment, NODE_OPTIONS: '' }, ['--import', pathToFileURL(register).href]);
  return [found, setUp];
}

async function probe(folder: string, environment: Environment, options: readonly string[]): Promise<Finding> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...options, '--eval', PROBE], {
      cwd: folder,
      timeout: TIMEOUT_MS,
      env: {
        ...environment,
        DOCTOR_FOLDER: folder,
        // Nothing is sent, neither to a backend nor to Databricks.
        DATABRICKS_TELEMETRY_DISABLED: 'true',
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_SDK_DISABLED: '',
        DATABRICKS_OTEL_DRY_RUN: '',
        DATABRICKS_OTEL_INSPECT: '',
      },
    });
    // What else NODE_OPTIONS loads may write, too.
    return stdout.endsWith(`${MARK}observed`)
      ? { level: 'ok', name: NAME, text: `the driver is observed where ${REGISTER} is loaded` }
      : {
          level: 'fail',
          name: NAME,
          text: 'the driver was loaded and is not observed',
          // `register` says by itself what it lacks.
          advice:
            stderr.split('\n').find((line) => line.startsWith(PACKAGE)) ??
            `Is it loaded before ${REGISTER}? That must come first.`,
        };
  } catch (error) {
    return { level: 'fail', name: NAME, text: `the driver could not be loaded: ${reasonOf(error)}` };
  }
}

function loadedBy(environment: Readonly<Record<string, string | undefined>>): Finding {
  return textIn(environment, 'NODE_OPTIONS')?.includes(REGISTER) === true
    ? { level: 'ok', name: 'Set-up', text: `NODE_OPTIONS loads ${REGISTER}` }
    : {
        level: 'info',
        name: 'Set-up',
        text: `NODE_OPTIONS does not load ${REGISTER}; code or node --import may`,
      };
}

/** The error that ended the probe, rather than the command that was run. */
function reasonOf(error: unknown): string {
  const { message, stderr } = error as { readonly message: string; readonly stderr?: unknown };
  const lines = `${String(stderr ?? '')}\n${message}`.split('\n');
  return lines.find((line) => /^\w*(Error|Exception)\b/.test(line)) ?? message.split('\n', 1)[0] ?? '';
}
