import { type DatabricksExporterOptions, resolveExporterOptions } from '../config.js';
import { NODE_RUNTIME } from '../runtime.js';
import { HttpTransport } from './httpTransport.js';
import { loadNetwork } from './loadNetwork.js';
import { putInside } from './opaque.js';
import { SendingExporter } from './sendingExporter.js';

/**
 * Sends records to Databricks' telemetry endpoint: to the host and port of the SQL connection, by the
 * connection's own route, behind a circuit breaker per host. It is given to a `DatabricksSpanProcessor`, which
 * makes one of its own otherwise.
 */
export class DatabricksExporter {
  readonly [Symbol.toStringTag] = 'DatabricksExporter';

  /** @throws TypeError that names the option, what was wrong and what is allowed */
  constructor(options: DatabricksExporterOptions = {}) {
    const resolved = resolveExporterOptions(options);
    const network = loadNetwork();
    putInside(
      this,
      new SendingExporter(resolved, {
        runtime: NODE_RUNTIME,
        createTransport: (address) => new HttpTransport(address, network, NODE_RUNTIME),
      }),
    );
  }
}
