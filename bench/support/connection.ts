import type { Context } from '@opentelemetry/api';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { ConnectionHandle } from '../../src/context.js';
import { loadPackage } from '../harness/subject.js';

export const WORKSPACE_ID = '6012345678901234';

/** A connection without a driver, whose telemetry is on without asking anybody. */
export function connectionHandle(over: Partial<ConnectionHandle> = {}): ConnectionHandle {
  return {
    id: crypto.randomUUID(),
    host: 'dbc-1.cloud.databricks.test',
    port: 443,
    orgId: WORKSPACE_ID,
    route: { https: true, rejectUnauthorized: true },
    driverVersion: '2.1.0',
    driverProduct: 'NodejsDatabricksSqlConnector/2.1.0',
    telemetry: { forceEnableTelemetry: true },
    credentialIdentity: 'somebody',
    credentials: () => ({ authorization: 'Bearer test' }),
    onCredentials: () => undefined,
    onClose: () => undefined,
    selfReporting: false,
    served: undefined,
    ...over,
  };
}

/** A Context in which spans belong to a connection. */
export async function connectionContext(over: Partial<ConnectionHandle> = {}): Promise<Context> {
  const { setConnection } = await loadPackage();
  return setConnection(ROOT_CONTEXT, connectionHandle(over));
}
