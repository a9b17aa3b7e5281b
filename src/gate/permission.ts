import type { Background } from '../background.js';
import type { DropReason, FlagStats } from '../stats.js';
import type { FeatureFlag, FlagAsker } from './featureFlag.js';

/** The shortest wait where credentials should be there and are not. */
const NO_CREDENTIALS_MS = 1_000;

/** Whether the records of one lane may be sent: what the flag says, asked as the lane; always, if they are forced. */
export class Permission {
  readonly #flag: FeatureFlag | undefined;
  readonly #asker: FlagAsker;
  readonly #background: Background;
  #isAsking = false;

  /** @param flag `undefined` if telemetry is forced */
  constructor(flag: FeatureFlag | undefined, asker: FlagAsker, background: Background) {
    this.#flag = flag;
    this.#asker = asker;
    this.#background = background;
  }

  /** Whether the flag is not asked. */
  get isForced(): boolean {
    return this.#flag === undefined;
  }

  /** Why records are not even queued, if they are not. The hot path. */
  get refusal(): DropReason | undefined {
    return this.#flag?.refusal;
  }

  /** The answer that still counts; `undefined`: it has to be asked for. */
  get answer(): 'enabled' | 'disabled' | undefined {
    return this.#flag === undefined ? 'enabled' : this.#flag.answer;
  }

  /** Whether nobody has ever answered. */
  get isUnknown(): boolean {
    return this.#flag?.state === 'unknown';
  }

  /** Whether this lane awaits an answer. */
  get isAsking(): boolean {
    return this.#isAsking;
  }

  /** Asks before anything is due, so that a short program has the answer when it needs it. */
  askAhead(): void {
    const flag = this.#flag;
    if (flag !== undefined && flag.state === 'unknown' && !flag.isAsking) {
      this.#background.run(() => void flag.ask(this.#asker));
    }
  }

  /** Nothing may be sent to the host for so long. */
  postpone(durationMs: number): void {
    this.#flag?.postpone(durationMs);
  }

  /** `undefined` where the flag is not asked. */
  flagStats(): FlagStats | undefined {
    return this.#flag?.stats();
  }

  /** Somebody wants an answer now. */
  hurry(): void {
    this.#flag?.hurry();
  }

  /**
   * Asks, one time after the other. Never rejects.
   *
   * @returns monotonic time of the next try; `undefined` if there is an answer now
   */
  async ask(): Promise<number | undefined> {
    if (this.#flag === undefined) {
      return undefined;
    }
    this.#isAsking = true;
    const outcome = await this.#flag.ask(this.#asker);
    this.#isAsking = false;
    switch (outcome.kind) {
      case 'answered':
        return undefined;
      case 'later':
        return outcome.at;
      case 'unauthorized':
        return Math.max(this.#background.now() + NO_CREDENTIALS_MS, this.#asker.credentials.usableAt);
    }
  }

  /** Whether a first answer is on its way, or could be had by then. @param until monotonic time */
  isAnswerNear(until: number): boolean {
    const flag = this.#flag;
    return (
      flag !== undefined &&
      until > this.#background.now() &&
      (flag.isAsking || (flag.askAt <= until && this.#asker.credentials.usableAt <= until))
    );
  }
}
