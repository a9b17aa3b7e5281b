import { type Exchange, respond } from './exchange.js';
import type { Pauses } from './pauses.js';
import { fileServed, resultFile } from './results.js';
import type { TruthBook } from './truth.js';
import { WireFaultError } from './wire-faults.js';

/** Stands in for the cloud store that CloudFetch links point to: `/cloud/{statement}/{file}`. */
export class CloudStorage {
  readonly #truth: TruthBook;
  readonly #pauses: Pauses;

  constructor(truth: TruthBook, pauses: Pauses) {
    this.#truth = truth;
    this.#pauses = pauses;
  }

  async serve(exchange: Exchange): Promise<void> {
    const [, , id = '', file = ''] = (exchange.path.split('?')[0] ?? '').split('/');
    const statement = this.#truth.operation(id);
    const index = Number(file);
    if (statement === undefined || !(index < statement.truth.filesOffered)) {
      return respond(exchange, 404, 'no such file');
    }
    const { truth, scenario } = statement;
    const startedAt = performance.now();
    const attempt = truth.downloads.filter((download) => download.index === index).length + 1;
    truth.httpAttempts += 1;

    const asked = scenario.downloads?.[index];
    const delayMs =
      typeof asked === 'object' && 'delayMs' in asked ? asked.delayMs : scenario.downloadDelayMs;
    // Attempts may overlap the delay: enter the record first, so that they number themselves right.
    const record = { index, status: 0, bytes: 0, startedAt, endedAt: startedAt, attempt };
    truth.downloads.push(record);
    await this.#pauses.pause(delayMs);

    const fault = statement.faults.strike(`download ${index}`, asked);
    if (fault === undefined) {
      const body = resultFile(statement, index);
      record.bytes = body.length;
      record.status = 200;
      fileServed(statement, body.length);
      respond(exchange, 200, body, { 'content-type': 'application/octet-stream' });
    } else {
      record.status = typeof fault === 'object' ? fault.status : 0;
      truth.httpFailures += 1;
    }
    record.endedAt = performance.now();
    if (fault !== undefined) throw new WireFaultError(fault);
  }
}
