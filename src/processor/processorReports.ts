import type { ConnectionHandle } from '../connectionHandle.js';
import { reportEnvironment } from '../environment.js';
import { hasLogger, logInfo } from '../log.js';
import type { Observation } from '../observer.js';
import { startLine } from './startLine.js';

/** Logs, each once, what is wrong with the environment's variables and what becomes of the first connection. */
export class ProcessorReports {
  readonly #isDryRun: boolean;
  readonly #observation: Observation;
  #isEnvironmentReported = false;
  #isStartReported = false;

  /** @param isDryRun whether records are written instead of sent */
  constructor(isDryRun: boolean, observation: Observation) {
    this.#isDryRun = isDryRun;
    this.#observation = observation;
    // In many set-ups the processor is made before the logger is set: then with the first connection.
    if (hasLogger()) {
      this.onConnection();
    }
  }

  /** There is a connection that nobody serves yet. */
  onConnection(): void {
    if (!this.#isEnvironmentReported) {
      this.#isEnvironmentReported = true;
      reportEnvironment(process.env);
    }
  }

  /** Whether it is served is decided. */
  onDecided(handle: ConnectionHandle): void {
    if (!this.#isStartReported) {
      this.#isStartReported = true;
      logInfo(startLine(handle, this.#observation.verdicts.at(-1), this.#isDryRun));
    }
  }
}
