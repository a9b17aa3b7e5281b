import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  APPLICATION_PACKAGES,
  DRIVER_PACKAGE,
  type Install,
  type SdkLine,
  TYPE_PACKAGES,
} from './combinations.js';
import { expectSuccess, run } from './processes.js';

const APP = join(import.meta.dirname, 'app');
const PEER_PROBLEM = /ERESOLVE|peer/i;

export interface Place {
  /** An empty folder. */
  readonly folder: string;
  readonly node: string;
  readonly npm: string;
  readonly tarball: string;
}

/** Makes an application with the SDK, the driver and the package, and fails on any word about peers. */
export async function installApplication(place: Place, sdk: SdkLine, install: Install): Promise<void> {
  const application = [...APPLICATION_PACKAGES[sdk], DRIVER_PACKAGE, ...TYPE_PACKAGES];
  await makeFolder(place);
  if (install === 'at once') {
    await npmInstall(place, [...application, place.tarball]);
  } else {
    await npmInstall(place, application);
    await npmInstall(place, [place.tarball]);
  }
  const listed = await run(place.node, [place.npm, 'ls', '--all'], place.folder);
  expectSuccess('npm ls', listed);
}

/** The package and the driver, and nothing of an SDK. */
export async function installWithoutSdk(place: Place): Promise<void> {
  await installPackages(place, ['@opentelemetry/api', DRIVER_PACKAGE]);
}

/** This package and others. */
export async function installPackages(place: Place, packages: readonly string[]): Promise<void> {
  await makeFolder(place);
  await npmInstall(place, [place.tarball, ...packages]);
}

async function makeFolder({ folder }: Place): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(APP, folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'application', private: true }));
}

async function npmInstall({ folder, node, npm }: Place, packages: readonly string[]): Promise<void> {
  const options = ['--prefer-offline', '--no-audit', '--no-fund'];
  const outcome = await run(node, [npm, 'install', ...options, ...packages], folder);
  expectSuccess('npm install', outcome);
  const words = outcome.stderr.split('\n').filter((line) => PEER_PROBLEM.test(line));
  if (words.length > 0) {
    throw new Error(`npm install warns:\n${words.join('\n')}`);
  }
}
