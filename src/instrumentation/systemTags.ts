import { arch, platform, release } from 'node:os';
import type { Attributes } from '@opentelemetry/api';
import { type Environment, textIn } from '../environment.js';
import { Tag } from '../tags/index.js';

/** The driver's own name for itself in its telemetry. */
const DRIVER_NAME = 'nodejs-sql-driver';
const LEADING_VERSION = /^\d+(\.\d+){0,3}/;
/** As the driver says it where the environment names none. */
const DEFAULT_LOCALE = 'en_US';
/** The first one that is set counts. */
const LOCALE_VARIABLES = ['LC_ALL', 'LC_MESSAGES', 'LANG'];
const LOCALE = /^[a-z]{2,3}(_[A-Z]{2})?(?=[.@]|$)/;

/** Tags that are the same for every connection of the process. */
export function systemTags(environment: Environment = process.env): Attributes {
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
  const [named = ''] = LOCALE_VARIABLES.flatMap((name) => textIn(environment, name) ?? []);
  const locale = LOCALE.exec(named)?.[0];
  tags[Tag.locale] = locale ?? DEFAULT_LOCALE;
  return tags;
}
