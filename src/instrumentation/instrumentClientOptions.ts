import { booleanOption, rejectUnknownOptions } from '../optionChecks.js';

/** What `instrument()` must be told of a client that is connected already. */
export interface InstrumentClientOptions {
  /**
   * For a client that was connected before it was observed. True: as far as `connect()` is concerned, its
   * records may be sent; the other switches decide as ever. Default false: nothing of it is sent, because the
   * driver does not keep the `enableTelemetry` that `connect()` was given. Of no effect on later connects.
   */
  readonly enableTelemetry?: boolean;
}

/** @throws TypeError that names the option, what was wrong and what is allowed */
export function isWantedBy(options: InstrumentClientOptions): boolean {
  rejectUnknownOptions('instrument', options, ['enableTelemetry']);
  return booleanOption('enableTelemetry', options.enableTelemetry, false);
}
