import { type Environment, type OurVariable, parseSwitch, textIn } from '../environment.js';
import { logError } from '../log.js';
import type { DatabricksSpanProcessor } from '../processor/databricksSpanProcessor.js';

const VARIABLE = 'DATABRICKS_OTEL_INSPECT' satisfies OurVariable;
const MAX_PORT = 65_535;

/**
 * Starts the inspector if `DATABRICKS_OTEL_INSPECT` asks for it: `1` for any port that is free, else a port. One
 * line with the page's address goes to stderr. The inspector's code is loaded only then.
 *
 * @param local what `exportLocal` returned, so that the page can show what it keeps back
 */
export function inspectByEnvironment(
  environment: Environment,
  processor: DatabricksSpanProcessor,
  local: object | undefined,
): void {
  const text = textIn(environment, VARIABLE);
  const word = text === undefined ? false : parseSwitch(text);
  if (word === false) {
    return;
  }
  const port = word === true ? 0 : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    logError(`${VARIABLE} is not '1' or a port, so there is no inspector`);
    return;
  }
  start(processor, { port, ...(local === undefined ? {} : { local }) }).catch((error: unknown) => {
    logError(`${VARIABLE}: there is no inspector: ${(error as Error).message}`);
  });
}

async function start(
  processor: DatabricksSpanProcessor,
  options: { readonly port: number; readonly local?: object },
): Promise<void> {
  const { startInspector } = await import('../inspector/index.js');
  const { url } = await startInspector(processor, options);
  process.stderr.write(`opentelemetry-databricks-sql: inspector at ${url}\n`);
}
