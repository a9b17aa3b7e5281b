import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ConnectOptions } from './local-databricks/index.js';

export type Driver = typeof import('@databricks/sql');
export type DriverClient = InstanceType<Driver['DBSQLClient']>;
export type DriverSession = Awaited<ReturnType<DriverClient['openSession']>>;
export type DriverOperation = Awaited<ReturnType<DriverSession['executeStatement']>>;

const FOLDERS = {
  '2.1': '..',
  '1.17': 'drivers/v1.17',
  '1.16': 'drivers/v1.16',
} as const;

export type DriverVersion = keyof typeof FOLDERS;

const silent = { log: () => undefined };

/** The folder from which that version of the driver is found. */
export function driverFolder(version: DriverVersion): string {
  return join(import.meta.dirname, '..', FOLDERS[version]);
}

/** The driver of that version, loaded if it was not. The older ones are typed as the current one. */
export function loadDriver(version: DriverVersion = '2.1'): Driver {
  return createRequire(join(driverFolder(version), 'package.json'))('@databricks/sql') as Driver;
}

/** A client that logs nothing, and is not connected. */
export function newClient(driver: Driver): DriverClient {
  return new driver.DBSQLClient({ logger: silent });
}

export async function connectClient(driver: Driver, options: ConnectOptions): Promise<DriverClient> {
  const client = newClient(driver);
  await client.connect(options);
  return client;
}
