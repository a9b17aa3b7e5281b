import type { Sender } from '../credentials/credentials.js';
import type { DropReason, FlagStats } from '../stats.js';

/** Whether records may be sent, as a lane asks it, with its own credentials. */
export interface Flag {
  /** Whether nobody is asked: telemetry is forced. */
  readonly isForced: boolean;
  /** Why records are not even queued, if they are not. The hot path. */
  readonly refusal: DropReason | undefined;
  /** The answer that still counts; `undefined`: it has to be asked for. */
  readonly answer: 'enabled' | 'disabled' | undefined;
  /** Whether nobody has ever answered. */
  readonly isUnknown: boolean;
  /**
   * Asks if need be. Never rejects.
   *
   * @returns monotonic time of the next try; `undefined` if there is an answer now
   */
  ask(asker: Sender): Promise<number | undefined>;
  /** Asks before anything is due, so that a short program has the answer when it needs it. */
  askAhead(asker: Sender): void;
  /** Whether a first answer is on its way, or could be had by then. @param until monotonic time */
  isAnswerNear(asker: Sender, until: number): boolean;
  /** Somebody wants an answer now: a wait of our own choice is over. */
  hurry(): void;
  /** Nothing may be sent to the host for so long: a known answer is not renewed at the end of it by everybody. */
  postpone(durationMs: number): void;
  /** `undefined` where nobody is asked. */
  stats(): FlagStats | undefined;
}

/** Of forced telemetry. */
export const FORCED: Flag = Object.freeze({
  isForced: true,
  refusal: undefined,
  answer: 'enabled',
  isUnknown: false,
  ask: async () => undefined,
  askAhead: () => undefined,
  isAnswerNear: () => false,
  hurry: () => undefined,
  postpone: () => undefined,
  stats: () => undefined,
});
