import { type Background, monotonicNow } from './background.js';

/** The shortest wait after a blocked attempt: also when the breaker says "at once", we don't spin. */
const MIN_BLOCK_MS = 50;

/** A lane as its host sees it. */
export interface Sender {
  /** Starts a request if there is still something to send. @returns whether it did */
  send(): boolean;
}

/**
 * Whose turn it is at one host. While its breaker is closed every lane that is ready sends; otherwise one
 * lane at a time, and the next time another one, so that no lane's records are always the probe.
 */
export class SendOrder {
  readonly #background: Background;
  readonly #isHealthy: () => boolean;
  /** Ready lanes; who comes again goes to the end. */
  readonly #ready = new Set<Sender>();
  #inFlight = 0;
  #blockedUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param isHealthy whether the host's breaker is closed */
  constructor(background: Background, isHealthy: () => boolean) {
    this.#background = background;
    this.#isHealthy = isHealthy;
  }

  /** Whether nothing may be sent for now. */
  get blocked(): boolean {
    return this.#blockedUntil > monotonicNow();
  }

  /** The lane is ready to send; it is called at its turn. */
  request(sender: Sender): void {
    this.#ready.add(sender);
    this.#next();
  }

  withdraw(sender: Sender): void {
    this.#ready.delete(sender);
  }

  /** A request that `send` started is over. */
  finished(): void {
    this.#inFlight--;
    this.#next();
  }

  /** Nobody sends for that long. */
  block(durationMs: number): void {
    this.#blockedUntil = monotonicNow() + Math.max(durationMs, MIN_BLOCK_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#ready.clear();
  }

  #next(): void {
    for (const sender of this.#ready) {
      const wait = this.#blockedUntil - monotonicNow();
      if (wait > 0) {
        this.#wakeIn(wait);
        return;
      }
      if (this.#inFlight > 0 && !this.#isHealthy()) {
        return;
      }
      this.#ready.delete(sender);
      if (sender.send()) {
        this.#inFlight++;
      }
    }
  }

  #wakeIn(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = this.#background.after(delayMs, () => this.#next());
  }
}
