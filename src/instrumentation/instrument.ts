import { givenOption } from '../givenOption.js';
import { DatabricksSqlInstrumentation } from './databricksSqlInstrumentation.js';
import { clientObserverOf } from './driverPatcher.js';
import { resolveInstrumentationConfig } from './instrumentationConfig.js';
import { type InstrumentOptions, isWantedBy } from './instrumentClientOptions.js';

/**
 * Observes a client of the driver, its sessions and their operations, where module hooks can't: in bundled
 * code. It needs nothing but the client. Call it before you connect, after your OpenTelemetry SDK has started,
 * for each client or for one of them: its class is what is observed. A client that is connected already makes
 * spans as well, but nothing of it is sent to Databricks without `enableTelemetry: true`.
 *
 * @param client a `DBSQLClient`
 * @param options as for `DatabricksSqlInstrumentation`, where they count for the first client of a class; and
 *   `enableTelemetry` for this client
 * @returns the client
 * @throws TypeError that names the option, what was wrong and what is allowed
 */
export function instrument<Client extends object>(client: Client, options: InstrumentOptions = {}): Client {
  const { enableTelemetry: _, ...config } = options ?? {};
  const { enabled } = resolveInstrumentationConfig(config);
  const enableTelemetry = givenOption(options ?? {}, 'enableTelemetry') as boolean | undefined;
  const isWanted = isWantedBy(enableTelemetry === undefined ? {} : { enableTelemetry });
  if (enabled === false) {
    return client;
  }
  const observer = clientObserverOf(client);
  if (observer === undefined) {
    return new DatabricksSqlInstrumentation({ ...config, enabled: false }).instrument(client, {
      enableTelemetry: isWanted,
    });
  }
  observer.observeClient(client, isWanted);
  return client;
}
