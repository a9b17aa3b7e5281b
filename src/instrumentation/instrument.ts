import { DatabricksSqlInstrumentation } from './databricksSqlInstrumentation.js';
import { clientObserverOf } from './driverPatcher.js';
import {
  type DatabricksSqlInstrumentationConfig,
  resolveInstrumentationConfig,
} from './instrumentationConfig.js';

/**
 * Observes a client of the driver, its sessions and their operations, where module hooks can't: in bundled
 * code. It needs nothing but the client, which may be connected already. Call it after your OpenTelemetry
 * SDK has started, for each client or for one of them: its class is what is observed.
 *
 * @param client a `DBSQLClient`
 * @param config as for `DatabricksSqlInstrumentation`; it counts for the first client of a class
 * @returns the client
 * @throws TypeError that names the option, what was wrong and what is allowed
 */
export function instrument<Client extends object>(
  client: Client,
  config: DatabricksSqlInstrumentationConfig = {},
): Client {
  const { enabled } = resolveInstrumentationConfig(config);
  if (enabled === false) {
    return client;
  }
  const observer = clientObserverOf(client);
  if (observer === undefined) {
    return new DatabricksSqlInstrumentation({ ...config, enabled: false }).instrument(client);
  }
  observer.observeClient(client);
  return client;
}
