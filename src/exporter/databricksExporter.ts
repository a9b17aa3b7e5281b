import type { Writable } from 'node:stream';
import { type DatabricksExporterOptions, resolveExporterOptions } from '../config.js';
import { type Environment, type OurVariable, textIn } from '../environment.js';
import { logError } from '../log.js';
import { rejectFurtherArguments } from '../optionErrors.js';
import { NODE_RUNTIME } from '../runtime.js';
import { HttpTransport } from './httpTransport.js';
import { loadNetwork } from './loadNetwork.js';
import { putInside } from './opaque.js';
import { createRequestCopy, type RequestCopy } from './requestCopy.js';
import { SendingExporter } from './sendingExporter.js';

/**
 * Sends records to Databricks' telemetry endpoint: to the host and port of the SQL connection, by the
 * connection's own route, behind a circuit breaker per host. It is given to a `DatabricksSpanProcessor`, which
 * makes one of its own otherwise.
 */
export class DatabricksExporter {
  readonly [Symbol.toStringTag] = 'DatabricksExporter';

  /** @throws TypeError that names the option, what was wrong and what is allowed */
  constructor(options: DatabricksExporterOptions = {}, ...none: readonly never[]) {
    rejectFurtherArguments('DatabricksExporter', none);
    const resolved = resolveExporterOptions(options);
    const network = loadNetwork();
    const copy = copyFor(resolved.copyTo, process.env);
    putInside(
      this,
      new SendingExporter(resolved, {
        runtime: NODE_RUNTIME,
        ...(copy === undefined ? {} : { copy }),
        createTransport: (address) => new HttpTransport(address, network, NODE_RUNTIME),
      }),
    );
  }
}

const COPY_VARIABLE = 'DATABRICKS_OTEL_COPY_TO' satisfies OurVariable;

/**
 * @param target as the option says; it goes before the environment's
 * @throws Error for an option that can't be used. What the environment says is logged instead: nothing is copied.
 */
function copyFor(target: string | Writable | undefined, environment: Environment): RequestCopy | undefined {
  if (target !== undefined) {
    try {
      return createRequestCopy(target);
    } catch (error) {
      throw new Error(`DatabricksExporter: option 'copyTo': ${(error as Error).message}`, { cause: error });
    }
  }
  const path = textIn(environment, COPY_VARIABLE);
  if (path === undefined) {
    return undefined;
  }
  try {
    return createRequestCopy(path);
  } catch (error) {
    logError(`${COPY_VARIABLE}: ${(error as Error).message}; nothing is copied`);
    return undefined;
  }
}
