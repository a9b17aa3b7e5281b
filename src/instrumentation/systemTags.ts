import { arch, platform, release } from 'node:os';
import type { Attributes } from '@opentelemetry/api';
import { Tag } from '../tags/index.js';

/** The driver's own name for itself in its telemetry. */
const DRIVER_NAME = 'nodejs-sql-driver';
const LEADING_VERSION = /^\d+(\.\d+){0,3}/;
/** As the driver says it where the environment names none. */
const DEFAULT_LOCALE = 'en_US';
const LOCALE = /^[a-z]{2,3}(_[A-Z]{2})?(?=[.@]|$)/;

/** Tags that are the same for every connection of the process. */
export function systemTags(environment: NodeJS.ProcessEnv = process.env): Attributes {
  const tags: Attributes = {
    [Tag.driverName]: DRIVER_NAME,
    [Tag.runtimeName]: 'Node.js',
    [Tag.runtimeVersion]: process.version,
    [Tag.runtimeVendor]: 'Node.js Foundation',
    [Tag.osType]: platform(),
    [Tag.hostArch]: arch(),
    [Tag.charset]: 'UTF-8',
  };
  // A kernel's full release may name its builder: the numbers are all that is told.
  const osVersion = LEADING_VERSION.exec(release())?.[0];
  if (osVersion !== undefined) {
    tags[Tag.osVersion] = osVersion;
  }
  const locale = LOCALE.exec(
    environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '',
  )?.[0];
  tags[Tag.locale] = locale ?? DEFAULT_LOCALE;
  return tags;
}
