import { type LocalDatabricks, type Scenario, sql } from '../../support/local-databricks/index.js';
import type { OtlpReceiver } from '../../support/otlp-receiver.js';

/** What the applications of `test/attach/apps` are told by. */
export function databaseVariable(
  db: LocalDatabricks,
  scenarios: readonly Scenario[] = [{}],
): Record<string, string> {
  const connect = db.connectOptions({ checkServerCertificate: false });
  const statements = scenarios.map((scenario) => sql(scenario));
  return { TEST_DATABASE: JSON.stringify({ connect, statements }) };
}

/** The standard variables that lead spans to the receiver. */
export function otlpVariables(receiver: OtlpReceiver): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.tracesUrl,
  };
}
