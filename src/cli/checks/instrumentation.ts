import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Finding } from './finding.js';

const NAME = 'Instrumentation';
const REGISTER = 'opentelemetry-databricks-sql/register';
const TIMEOUT_MS = 30_000;

/** Loads the driver as the application would, and says whether its methods were replaced by this package. */
const PROBE = `
const { createRequire } = require('node:module');
const { DBSQLClient } = createRequire(process.env.DOCTOR_FOLDER + '/index.js')('@databricks/sql');
const observed = DBSQLClient.prototype.connect[Symbol.for('opentelemetry-databricks-sql/observer/v1')] !== undefined;
process.stdout.write(observed ? 'observed' : 'not observed', () => process.exit(0));
`;

/** This package's own `register`, beside the file that this code is in. */
function ownRegister(): string | undefined {
  const here = dirname(typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url));
  const path = join(here, 'register.js');
  return existsSync(path) ? path : undefined;
}

/** Whether the driver is observed where `register` is loaded first, and whether it is by NODE_OPTIONS. */
export async function checkInstrumentation(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  register = ownRegister(),
): Promise<Finding[]> {
  return [await probe(folder, environment, register), loadedBy(environment)];
}

async function probe(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  register: string | undefined,
): Promise<Finding> {
  if (register === undefined) {
    return { level: 'warn', name: NAME, text: 'not checked: this package is not built' };
  }
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', pathToFileURL(register).href, '--eval', PROBE],
      {
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
          NODE_OPTIONS: '',
        },
      },
    );
    return stdout === 'observed'
      ? { level: 'ok', name: NAME, text: `the driver is observed where ${REGISTER} is loaded` }
      : { level: 'fail', name: NAME, text: 'the driver was loaded and is not observed' };
  } catch (error) {
    return {
      level: 'fail',
      name: NAME,
      text: `the driver could not be loaded: ${firstLine((error as Error).message)}`,
    };
  }
}

function loadedBy(environment: Readonly<Record<string, string | undefined>>): Finding {
  return (environment['NODE_OPTIONS'] ?? '').includes(REGISTER)
    ? { level: 'ok', name: 'Set-up', text: `NODE_OPTIONS loads ${REGISTER}` }
    : {
        level: 'info',
        name: 'Set-up',
        text: `NODE_OPTIONS does not load ${REGISTER}: by code, or by node --import?`,
      };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
