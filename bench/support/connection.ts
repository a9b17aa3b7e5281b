import type { Context } from '@opentelemetry/api';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { TestConnection, type TestConnectionOptions } from '../../test/support/connections.js';
import { loadDriverEntry } from '../harness/subject.js';

export const WORKSPACE_ID = '6012345678901234';

/** A connection without a driver, whose telemetry is on without asking anybody. */
export function connectionHandle(over: TestConnectionOptions = {}): TestConnection {
  return new TestConnection({
    orgId: WORKSPACE_ID,
    telemetry: { forceEnableTelemetry: true },
    token: 'test',
    ...over,
  });
}

/** A Context in which spans belong to a connection. */
export async function connectionContext(over: TestConnectionOptions = {}): Promise<Context> {
  const { setConnection } = await loadDriverEntry();
  return setConnection(ROOT_CONTEXT, connectionHandle(over));
}
