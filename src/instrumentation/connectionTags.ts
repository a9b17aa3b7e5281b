import type { Attributes } from '@opentelemetry/api';
import { TAG_TABLE, Tag } from '../tags/index.js';
import type { DriverConnection } from './driverConnection.js';
import type { DriverConfig } from './driverShapes.js';

const MS_PER_SECOND = 1_000;
/** The driver's pause between two status requests, which can't be configured. */
const POLL_INTERVAL_MS = 100;

/**
 * Describes a connection whose session is being opened: what is for Databricks only goes to its handle, since
 * nobody knows who else sees its spans.
 *
 * @param systemTags those that are the same for every connection
 * @returns tags for the span
 */
export function describeConnection(
  connection: DriverConnection,
  systemTags: Attributes,
  config: DriverConfig,
): Attributes {
  const forSpan: Attributes = {};
  const forHandle: Attributes = {};
  const tags = { ...systemTags, ...connectionTags(connection, config) };
  for (const [name, value] of Object.entries(tags)) {
    const isForDatabricksOnly = TAG_TABLE.get(name)?.scope === 'exportDatabricks';
    (isForDatabricksOnly ? forHandle : forSpan)[name] = value;
  }
  if (connection.handle !== undefined) {
    connection.handle.tags = forHandle;
  }
  return forSpan;
}

function connectionTags(connection: DriverConnection, config: DriverConfig): Attributes {
  const { httpPath, authType = 'pat' } = connection.facts;
  const tags: Attributes = {
    [Tag.driverVersion]: connection.driverVersion,
    [Tag.mode]: connection.isKernel ? 'SEA' : 'THRIFT',
    [Tag.featureProxy]: connection.usesProxy,
    [Tag.featureDirectResults]: true,
    [Tag.featureMetricViewMetadata]: config.enableMetricViewMetadata === true,
    ...AUTHENTICATION[authType],
    [Tag.authType]: authType,
  };
  if (typeof config.arrowEnabled === 'boolean') {
    tags[Tag.featureArrow] = config.arrowEnabled;
  }
  if (typeof config.useCloudFetch === 'boolean') {
    tags[Tag.featureCloudFetch] = config.useCloudFetch;
  }
  if (typeof config.useLZ4Compression === 'boolean') {
    tags[Tag.featureLz4] = config.useLZ4Compression;
  }
  if (typeof config.socketTimeout === 'number') {
    tags[Tag.socketTimeoutS] = Math.round(config.socketTimeout / MS_PER_SECOND);
  }
  if (!connection.isKernel) {
    tags[Tag.pollIntervalMs] = POLL_INTERVAL_MS;
  }
  if (httpPath !== undefined) {
    const path = httpPath.split('?', 1)[0] ?? '';
    tags[Tag.httpPath] = path.startsWith('/') ? path : `/${path}`;
  }
  return tags;
}

/** `auth_mech` and `auth_flow` by the driver's `authType`; where nothing is listed only the type is recorded. */
const AUTHENTICATION: Readonly<Record<string, Attributes>> = {
  pat: { [Tag.authMechanism]: 'PAT', [Tag.authFlow]: 'TOKEN_PASSTHROUGH' },
  'static-token': { [Tag.authMechanism]: 'PAT', [Tag.authFlow]: 'TOKEN_PASSTHROUGH' },
  'external-token': { [Tag.authMechanism]: 'OTHER', [Tag.authFlow]: 'TOKEN_PASSTHROUGH' },
  'token-provider': { [Tag.authMechanism]: 'OTHER', [Tag.authFlow]: 'TOKEN_PASSTHROUGH' },
  'oauth-m2m': { [Tag.authMechanism]: 'OAUTH', [Tag.authFlow]: 'CLIENT_CREDENTIALS' },
  'external-browser': { [Tag.authMechanism]: 'OAUTH', [Tag.authFlow]: 'BROWSER_BASED_AUTHENTICATION' },
  custom: { [Tag.authMechanism]: 'OTHER' },
  unknown: { [Tag.authMechanism]: 'OTHER' },
};
