import { type Background, Wakeup } from '../background.js';

/** The shortest wait after a blocked attempt: also when the breaker says "at once", we don't spin. */
const MIN_BLOCK_MS = 50;

/** A lane as its host sees it. */
export interface TurnTaker {
  /** Starts a request if there is still something to send. @returns whether it did */
  takeTurn(): boolean;
}

/**
 * Whose turn it is at one host. While its breaker is closed every lane that is ready sends; otherwise one
 * lane at a time, and the next time another one, so that no lane's records are always the probe.
 */
export class SendOrder {
  readonly #background: Background;
  readonly #isHealthy: () => boolean;
  /** Ready lanes; who comes again goes to the end. */
  readonly #ready = new Set<TurnTaker>();
  #inFlight = 0;
  #blockedUntil = 0;
  readonly #wakeup: Wakeup;
  #isClosed = false;

  /** @param isHealthy whether the host's breaker is closed */
  constructor(background: Background, isHealthy: () => boolean) {
    this.#background = background;
    this.#isHealthy = isHealthy;
    this.#wakeup = new Wakeup(background, () => this.#next());
  }

  /** Whether nothing may be sent for now. */
  get isBlocked(): boolean {
    return this.#blockedUntil > this.#background.now();
  }

  /** The lane is ready to send; it is called at its turn. */
  request(sender: TurnTaker): void {
    if (!this.#isClosed) {
      this.#ready.add(sender);
      this.#next();
    }
  }

  withdraw(sender: TurnTaker): void {
    this.#ready.delete(sender);
  }

  /** A request that `send` started is over. */
  finished(): void {
    this.#inFlight--;
    this.#next();
  }

  /** Nobody sends for that long. */
  block(durationMs: number): void {
    this.#blockedUntil = this.#background.now() + Math.max(durationMs, MIN_BLOCK_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#wakeup.cancel();
    this.#ready.clear();
  }

  #next(): void {
    for (const sender of this.#ready) {
      if (this.isBlocked) {
        this.#wakeup.at(this.#blockedUntil);
        return;
      }
      if (this.#inFlight > 0 && !this.#isHealthy()) {
        return;
      }
      this.#ready.delete(sender);
      if (sender.takeTurn()) {
        this.#inFlight++;
      }
    }
  }
}
