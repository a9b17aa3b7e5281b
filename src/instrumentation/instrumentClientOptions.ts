import { flag } from '../optionKinds.js';
import { type OptionsOf, resolveOptions } from '../optionTable.js';
import type { DatabricksSqlInstrumentationConfig } from './instrumentationConfig.js';

/** Options of `instrument()`. */
export interface InstrumentOptions extends DatabricksSqlInstrumentationConfig {
  /**
   * For a client that was connected before it was observed. True: as far as `connect()` is concerned, its
   * records may be sent; the other switches decide as ever. False: nothing of it is sent, because the
   * driver does not keep the `enableTelemetry` that `connect()` was given. Of no effect on later connects.
   * Default false.
   */
  readonly enableTelemetry?: boolean;
}

/** What must be said of a client that is connected already. */
export type InstrumentClientOptions = Pick<InstrumentOptions, 'enableTelemetry'>;

export const INSTRUMENT_CLIENT_OPTIONS = {
  enableTelemetry: flag({ default: false }),
} satisfies OptionsOf<InstrumentClientOptions>;

/** @throws TypeError that names the option, what was wrong and what is allowed */
export function isWantedBy(options: InstrumentClientOptions): boolean {
  return resolveOptions({ owner: 'instrument', table: INSTRUMENT_CLIENT_OPTIONS }, options).enableTelemetry;
}
