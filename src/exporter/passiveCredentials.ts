import type { ConnectionHandle, CredentialHeaders } from '../connectionHandle.js';
import type { CredentialSource } from './contract.js';
import { callAll } from './quietly.js';

/** Refused headers that are remembered. More would only be tried once again. */
const MAX_REJECTED = 16;

/**
 * The headers that the driver's own authentication last produced, read from the handles of connections
 * that share one identity. The driver's authentication is never asked for anything.
 */
export class PassiveCredentials implements CredentialSource {
  /** The live connections; last the one that used new headers last. */
  readonly #handles = new Set<ConnectionHandle>();
  readonly #listeners = new Set<() => void>();
  readonly #rejected: CredentialHeaders[] = [];
  /** Used while there is no connection any more. */
  #last: CredentialHeaders | undefined;
  #announced: CredentialHeaders | undefined;

  /** @param handle of a connection that authenticates as the others do */
  add(handle: ConnectionHandle): void {
    this.#handles.add(handle);
    if (handle.isClosed) {
      this.#last = handle.credentials ?? this.#last;
      this.#handles.delete(handle);
    }
    handle.listen({
      onCredentials: () => {
        // What a closed connection says is no news.
        if (this.#handles.delete(handle)) {
          this.#handles.add(handle);
          this.#announce();
        }
      },
      onClose: () => {
        this.#last = handle.credentials ?? this.#last;
        this.#handles.delete(handle);
      },
    });
    this.#announce();
  }

  async get(): Promise<CredentialHeaders | undefined> {
    return this.#current();
  }

  reject(headers: CredentialHeaders): void {
    if (this.#isUsable(headers)) {
      this.#rejected.push(headers);
      this.#rejected.splice(0, this.#rejected.length - MAX_REJECTED);
    }
  }

  onChange(callback: () => void): void {
    this.#listeners.add(callback);
  }

  #current(): CredentialHeaders | undefined {
    const newestFirst = [...this.#handles].reverse().map((handle) => handle.credentials);
    return [...newestFirst, this.#last].find((headers) => headers !== undefined && this.#isUsable(headers));
  }

  #isUsable(headers: CredentialHeaders): boolean {
    return !this.#rejected.some((rejected) => sameHeaders(rejected, headers));
  }

  #announce(): void {
    const current = this.#current();
    if (current === undefined || (this.#announced !== undefined && sameHeaders(current, this.#announced))) {
      return;
    }
    this.#announced = current;
    callAll(this.#listeners);
  }
}

function sameHeaders(one: CredentialHeaders, other: CredentialHeaders): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
