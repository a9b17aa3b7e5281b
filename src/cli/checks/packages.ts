import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from './finding.js';

const DRIVER = '@databricks/sql';
const SUPPORTED_DRIVER = /^(1\.(1[6-9]|[2-9]\d|\d{3,})|2\.\d+)\./;
const API = '@opentelemetry/api';
const SDKS = [
  '@opentelemetry/sdk-node',
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/sdk-trace',
];

/** This file, as a path or a URL: CommonJS knows it by one name, ESM by another. */
const ownFile = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);

interface Installed {
  readonly version: string;
  /** The package's own folder, links followed. */
  readonly folder: string;
}

export function checkDriver(folder: string): Finding[] {
  const driver = installed(folder, DRIVER);
  if (driver === undefined) {
    return [
      {
        level: 'fail',
        name: 'Driver',
        text: `${DRIVER} is not installed`,
        advice: `Run this in the application's folder, or: npm install ${DRIVER}`,
      },
    ];
  }
  return SUPPORTED_DRIVER.test(driver.version)
    ? [{ level: 'ok', name: 'Driver', text: `${DRIVER} ${driver.version}` }]
    : [
        {
          level: 'fail',
          name: 'Driver',
          text: `${DRIVER} ${driver.version} can't be observed`,
          advice: 'Use >=1.16.0 <3.',
        },
      ];
}

export function checkOpenTelemetry(folder: string): Finding[] {
  return [...checkApi(folder), ...checkSdk(folder)];
}

/** The application, the SDK and this package may each have a copy of the API: they must be of one major version. */
function checkApi(folder: string): Finding[] {
  const copies = new Map<string, string>();
  for (const from of [folder, dirname(ownFile), ...SDKS.map((name) => installed(folder, name)?.folder)]) {
    const copy = from === undefined ? undefined : installed(from, API);
    if (copy !== undefined) {
      copies.set(copy.folder, copy.version);
    }
  }
  const versions = [...copies.values()];
  if (versions.length === 0) {
    return [
      { level: 'fail', name: 'OpenTelemetry API', text: 'not installed', advice: `npm install ${API}` },
    ];
  }
  if (new Set(versions).size === 1) {
    // Copies of one version share what is registered.
    const copiesText = versions.length === 1 ? '' : `, in ${versions.length} copies`;
    return [{ level: 'ok', name: 'OpenTelemetry API', text: `${versions[0]}${copiesText}` }];
  }
  return [
    {
      level: 'warn',
      name: 'OpenTelemetry API',
      text: `${versions.length} copies: ${versions.join(', ')}`,
      advice: 'The copy that is loaded first must not be older than the others. "npm dedupe" may leave one.',
    },
  ];
}

function checkSdk(folder: string): Finding[] {
  const found = SDKS.flatMap((name) => {
    const sdk = installed(folder, name);
    return sdk === undefined ? [] : [`${name} ${sdk.version}`];
  });
  return found.length > 0
    ? [{ level: 'ok', name: 'OpenTelemetry SDK', text: found.join(', ') }]
    : [
        {
          level: 'warn',
          name: 'OpenTelemetry SDK',
          text: 'not installed',
          advice: `npm install ${SDKS[0]}, unless an agent brings its own, as dd-trace does`,
        },
      ];
}

/** The package as code in `from` would load it. Its code is not run. */
function installed(from: string, name: string): Installed | undefined {
  const paths = createRequire(join(from, 'index.js')).resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      const folder = realpathSync(join(path, name));
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        readonly version?: unknown;
      };
      if (typeof version === 'string') {
        return { version, folder };
      }
    } catch {
      // It is not there.
    }
  }
  return undefined;
}
