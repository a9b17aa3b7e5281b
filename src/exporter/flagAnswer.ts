import type { FlagResult } from './contract.js';
import { isAboutCredentials, isSuccess } from './endpoints.js';
import { parseObject } from './jsonObject.js';
import type { HttpResult } from './transport.js';

const FLAG_NAME = 'databricks.partnerplatform.clientConfigsFeatureFlags.enableTelemetryForNodeJs';
const PATH = '/api/2.0/connector-service/feature-flags/NODEJS/';
const DRIVER_VERSION = /^\d{1,6}\.\d{1,6}\.\d{1,6}/;

/** @returns `undefined` if it is no version */
export function featureFlagPath(driverVersion: string): string | undefined {
  const version = DRIVER_VERSION.exec(driverVersion)?.[0];
  return version === undefined ? undefined : PATH + version;
}

/** What the answer of the feature-flag endpoint means. An answer that can't be understood is a failure. */
export function flagResult(result: HttpResult): FlagResult {
  if (result.kind === 'aborted') {
    return { outcome: 'aborted' };
  }
  if (result.kind === 'failure') {
    return { outcome: 'failure', error: result.code };
  }
  const { status, retryAfterMs, body } = result;
  if (isAboutCredentials(status)) {
    return { outcome: 'unauthorized' };
  }
  if (!isSuccess(status)) {
    const error = String(status);
    return retryAfterMs === undefined
      ? { outcome: 'failure', error }
      : { outcome: 'failure', error, retryAfterMs };
  }
  if (body.kind === 'broken') {
    return body.code === undefined ? { outcome: 'aborted' } : { outcome: 'failure', error: body.code };
  }
  return (body.kind === 'text' && parseFlags(body.text)) || { outcome: 'failure', error: 'unreadable' };
}

function parseFlags(text: string): FlagResult | undefined {
  const answer = parseObject(text);
  // An empty list may be left out.
  const flags = answer?.['flags'] ?? [];
  if (answer === undefined || !Array.isArray(flags)) {
    return undefined;
  }
  const ttl = answer['ttl_seconds'];
  return {
    outcome: 'answer',
    enabled: flags.some(isOurFlagSet),
    ttlSeconds: typeof ttl === 'number' && Number.isFinite(ttl) ? ttl : undefined,
  };
}

function isOurFlagSet(flag: unknown): boolean {
  if (typeof flag !== 'object' || flag === null) {
    return false;
  }
  const { name, value } = flag as Record<string, unknown>;
  return name === FLAG_NAME && typeof value === 'string' && value.toLowerCase() === 'true';
}
