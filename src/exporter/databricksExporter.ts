import type { Writable } from 'node:stream';
import { type DatabricksExporterOptions, resolveExporterOptions } from '../config.js';
import { type Environment, type OurVariable, textIn } from '../environment.js';
import { logAloud } from '../log.js';
import { rejectFurtherArguments } from '../optionErrors.js';
import { NODE_RUNTIME } from '../runtime.js';
import { HttpTransport } from './httpTransport.js';
import { loadNetwork } from './loadNetwork.js';
import { putInside } from './opaque.js';
import { prepareOwnedFile } from './ownedFile.js';
import { createRequestCopy, type RequestCopy } from './requestCopy.js';
import { SendingExporter } from './sendingExporter.js';

const OWNER = 'DatabricksExporter';

/**
 * Sends records to Databricks' telemetry endpoint: to the host and port of the SQL connection, by the
 * connection's own route, behind a circuit breaker per host. It is given to a `DatabricksSpanProcessor`, which
 * makes one of its own otherwise.
 */
export class DatabricksExporter {
  readonly [Symbol.toStringTag] = 'DatabricksExporter';

  /** @throws TypeError that names the option, what was wrong and what is allowed */
  constructor(options: DatabricksExporterOptions = {}, ...none: readonly never[]) {
    rejectFurtherArguments(OWNER, none);
    const resolved = resolveExporterOptions(options);
    checkCopyTarget(OWNER, resolved.copyTo);
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
 * Makes the file that the option names, or checks the one that is there.
 *
 * @param owner class or function that the user called
 * @throws TypeError if the file can't be used
 */
export function checkCopyTarget(owner: string, target: string | Writable | undefined): void {
  try {
    if (typeof target === 'string') {
      prepareOwnedFile(target);
    }
  } catch (error) {
    throw new TypeError(`${owner}: option 'copyTo': ${(error as Error).message}`, { cause: error });
  }
}

/**
 * @param target as the option says, checked; it goes before the environment's. What the environment says is logged
 *   if it can't be used: nothing is copied.
 */
function copyFor(target: string | Writable | undefined, environment: Environment): RequestCopy | undefined {
  if (target !== undefined) {
    return createRequestCopy(target);
  }
  const path = textIn(environment, COPY_VARIABLE);
  if (path === undefined) {
    return undefined;
  }
  try {
    return createRequestCopy(path);
  } catch (error) {
    logAloud('error', `${COPY_VARIABLE}: ${(error as Error).message}; nothing is copied`);
    return undefined;
  }
}
