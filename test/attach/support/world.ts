import type { LocalDatabricks, Scenario } from '../../support/local-databricks/index.js';
import { sql, startLocalDatabricks } from '../../support/local-databricks/index.js';
import { type OtlpReceiver, startOtlpReceiver } from '../../support/otlp-receiver.js';
import { type Installation, install, type Outcome, type RunControl } from './installation.js';

export interface RunOptions extends RunControl {
  /** Variables besides those that lead to the database and the receiver. */
  readonly environment?: Readonly<Record<string, string>>;
  /** One statement for each. Default: one, with the default result. */
  readonly scenarios?: readonly Scenario[];
}

/** Applications in processes of their own, the database that they use and the backend of their spans. */
export interface World {
  readonly installation: Installation;
  readonly db: LocalDatabricks;
  readonly receiver: OtlpReceiver;
  /** Runs Node.js with these arguments, to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** The variables that lead an application of `test/attach/apps` to the database and its statements. */
  databaseVariables(scenarios?: readonly Scenario[]): Record<string, string>;
  /** The types of the operations that Databricks was told of, in that order. */
  sentOperations(): readonly (string | undefined)[];
  reset(): void;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const [installation, db, receiver] = await Promise.all([
    install(),
    startLocalDatabricks(),
    startOtlpReceiver(),
  ]);
  const databaseVariables = (scenarios: readonly Scenario[] = [{}]) => ({
    TEST_DATABASE: JSON.stringify({
      connect: db.connectOptions({ checkServerCertificate: false }),
      statements: scenarios.map((scenario) => sql(scenario)),
    }),
  });
  return {
    installation,
    db,
    receiver,
    databaseVariables,
    run: (args, { environment, scenarios, ...control } = {}) => {
      const variables = {
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.tracesUrl,
        ...databaseVariables(scenarios),
        ...environment,
      };
      return installation.run(args, variables, control);
    },
    sentOperations: () =>
      db.telemetry
        .logs()
        .map(({ entry }) => entry?.sql_driver_log?.sql_operation?.operation_detail?.operation_type),
    reset() {
      db.reset();
      receiver.clear();
    },
    async stop() {
      await Promise.all([installation.remove(), db.close(), receiver.close()]);
    },
  };
}
