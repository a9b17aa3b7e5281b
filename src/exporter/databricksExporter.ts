import {
  type DatabricksExporterOptions,
  type ResolvedExporterOptions,
  resolveExporterOptions,
} from '../config.js';
import type { ConnectionRoute } from '../connectionHandle.js';
import { EXPORTER_MARK, type TelemetryExporter } from '../exporterMark.js';
import { parseAddress } from './address.js';
import type { HostExporter, RecordExporter } from './contract.js';
import { HttpsHostExporter } from './hostExporter.js';
import { loadNetwork, type Network } from './loadNetwork.js';
import { isSupportedRoute } from './supportedRoutes.js';

/**
 * Sends records to Databricks' telemetry endpoint: to the host and port of the SQL connection, by the
 * connection's own route, behind a circuit breaker per host.
 */
export class DatabricksExporter implements RecordExporter, TelemetryExporter {
  /** @internal */
  readonly [EXPORTER_MARK] = 'sends';
  readonly #options: ResolvedExporterOptions;
  readonly #network: Promise<Network>;

  /** @throws TypeError that names the option, what was wrong and what is allowed */
  constructor(options: DatabricksExporterOptions = {}) {
    this.#options = resolveExporterOptions(options);
    this.#network = loadNetwork();
  }

  openHost(host: string, port: number): HostExporter | undefined {
    const address = parseAddress(host, port);
    return address && new HttpsHostExporter(address, this.#options, this.#network);
  }

  supportsRoute(route: ConnectionRoute): boolean {
    return isSupportedRoute(route);
  }
}
