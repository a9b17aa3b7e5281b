import type { ResolvedExporterOptions } from '../config.js';
import type { ConnectionRoute } from '../connectionHandle.js';
import type { Observation } from '../observer.js';
import type { CopyCounts } from '../stats.js';
import { parseAddress } from './address.js';
import type { HostExporter, RecordExporter } from './contract.js';
import { HttpsHostExporter, type SendingServices } from './hostExporter.js';
import { isSupportedRoute } from './supportedRoutes.js';

/** What stands behind `DatabricksExporter`. Simulations give their own clock and network. */
export class SendingExporter implements RecordExporter {
  readonly #options: ResolvedExporterOptions;
  readonly #services: SendingServices;

  constructor(options: ResolvedExporterOptions, services: SendingServices) {
    this.#options = options;
    this.#services = services;
  }

  get authenticated(): boolean {
    return this.#options.authenticatedExport;
  }

  copies(): CopyCounts | undefined {
    return this.#services.copy?.counts();
  }

  async flushCopies(): Promise<void> {
    await this.#services.copy?.flush();
  }

  giveUpCopies(): void {
    this.#services.copy?.giveUp();
  }

  supportsHost(host: string, port: number): boolean {
    return parseAddress(host, port) !== undefined;
  }

  supportsRoute(route: ConnectionRoute): boolean {
    return isSupportedRoute(route);
  }

  openHost(host: string, port: number, observation?: Observation): HostExporter {
    const address = parseAddress(host, port);
    if (address === undefined) {
      throw new TypeError('the host is not supported');
    }
    return new HttpsHostExporter(address, this.#options, {
      ...this.#services,
      ...(observation === undefined ? {} : { observation }),
    });
  }
}
