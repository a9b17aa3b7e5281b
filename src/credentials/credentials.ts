import { type ConnectionHandle, type CredentialHeaders, haveSameHeaders } from '../connectionHandle.js';
import type { ExportDestination } from '../exporter/contract.js';
import { callAll } from '../guard.js';
import type { Runtime } from '../runtime.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** How long refused credentials rest that nobody has been seen to accept: the last one again and again. */
const REST_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS];
const MAX_REST_MS = 15 * MINUTE_MS;

/** With what a lane's requests authenticate. */
export interface Credentials {
  /** The headers to use now; `undefined` if there are none that may be tried. Never rejects. */
  get(signal: AbortSignal): Promise<CredentialHeaders | undefined>;
  /** The telemetry endpoint accepted them. */
  accept(headers: CredentialHeaders): void;
  /** The telemetry endpoint refused them. */
  refuse(headers: CredentialHeaders): void;
  /** Monotonic time from which on `get` may give some; infinite while nobody knows. */
  readonly usableAt: number;
  /** Calls back whenever that time has become earlier. @returns ends it */
  listen(callback: () => void): () => void;
}

/** As whom a lane's requests go, and to where. */
export interface Sender {
  readonly destination: ExportDestination;
  readonly credentials: Credentials;
}

/**
 * How long credentials rest that were refused: a second, doubling with each refusal in a row, if they have changed
 * or the driver was served with them since; else 1, 5, and then 15 minutes.
 */
export class Refusals {
  readonly #runtime: Runtime;
  #count = 0;
  #refusedAt = 0;
  #longestExcused: number | undefined = undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Monotonic time until which they rest. */
  get until(): number {
    return this.#count === 0 ? 0 : this.#refusedAt + this.#restMs();
  }

  /** Whether the last request with them was refused. */
  get isOpen(): boolean {
    return this.#count > 0;
  }

  /** Requests that were under way together are refused together: that counts once. */
  add(): void {
    const now = this.#runtime.now();
    if (this.until <= now) {
      this.#count++;
      this.#refusedAt = now;
      this.#longestExcused = undefined;
    }
  }

  /** They have changed: the refusal was another's. */
  onChanged(): void {
    this.#longestExcused = MINUTE_MS;
  }

  /** The driver was served with them: they are good. @returns whether that is news */
  onServed(): boolean {
    const isNews = this.#count > 0 && this.#longestExcused === undefined;
    this.#longestExcused ??= MAX_REST_MS;
    return isNews;
  }

  clear(): void {
    this.#count = 0;
  }

  #restMs(): number {
    return this.#longestExcused === undefined
      ? (REST_MS[this.#count - 1] ?? MAX_REST_MS)
      : Math.min(SECOND_MS * 2 ** (this.#count - 1), this.#longestExcused);
  }
}

/**
 * The headers that the driver was seen to send. The driver's authentication is never asked for anything, since
 * asking may open a browser or rotate a stored token.
 */
export class WitnessedCredentials implements Credentials {
  readonly #runtime: Runtime;
  readonly #refusals: Refusals;
  readonly #isStatic: boolean;
  readonly #listeners = new Set<() => void>();
  #headers: CredentialHeaders | undefined;

  /**
   * @param headers of the driver's latest request; none are no credentials
   * @param isStatic whether they stay what they are, whatever the connections send later
   */
  constructor(headers: CredentialHeaders | undefined, isStatic: boolean, runtime: Runtime) {
    this.#headers = headers;
    this.#isStatic = isStatic;
    this.#runtime = runtime;
    this.#refusals = new Refusals(runtime);
  }

  /** What is witnessed on this connection counts, until it is closed. The last headers stay. */
  watch(handle: ConnectionHandle): void {
    handle.listen({
      onCredentials: () => this.#onCredentials(handle),
      onAccepted: () => {
        // The hot path, once per request of the driver.
        if (
          this.#refusals.isOpen &&
          haveSame(this.#headers, handle.credentials) &&
          this.#refusals.onServed()
        ) {
          callAll(this.#listeners, call);
        }
      },
    });
  }

  async get(): Promise<CredentialHeaders | undefined> {
    return this.usableAt <= this.#runtime.now() ? this.#headers : undefined;
  }

  get usableAt(): number {
    if (this.#headers === undefined || isEmpty(this.#headers)) {
      return Number.POSITIVE_INFINITY;
    }
    return this.#refusals.until;
  }

  accept(): void {
    this.#refusals.clear();
  }

  refuse(headers: CredentialHeaders): void {
    this.#refusals.add();
    if (!haveSame(this.#headers, headers)) {
      this.#refusals.onChanged();
    }
  }

  listen(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  #onCredentials(handle: ConnectionHandle): void {
    if (!this.#isStatic) {
      this.#headers = handle.credentials;
      this.#refusals.onChanged();
      callAll(this.#listeners, call);
    }
  }
}

function call(callback: () => void): void {
  callback();
}

function haveSame(one: CredentialHeaders | undefined, other: CredentialHeaders | undefined): boolean {
  return one !== undefined && other !== undefined && haveSameHeaders(one, other);
}

function isEmpty(headers: CredentialHeaders): boolean {
  for (const _ in headers) {
    return false;
  }
  return true;
}
