import type { ConnectionHandle, CredentialHeaders } from '../context.js';
import type { CredentialSource } from './contract.js';

/**
 * The headers that the driver's own authentication last produced, read from the handles of connections
 * that share one identity. The driver's authentication is never asked for anything.
 */
export class PassiveCredentials implements CredentialSource {
  /** The live connections; last the one whose headers are the newest. */
  readonly #handles = new Set<ConnectionHandle>();
  readonly #listeners = new Set<() => void>();
  /** Kept for the time after the last connection is closed. */
  #last: CredentialHeaders | undefined;
  #rejected: CredentialHeaders | undefined;

  /** @param handle of a connection that authenticates as the others do */
  add(handle: ConnectionHandle): void {
    this.#handles.add(handle);
    const headersBefore = this.#current();
    handle.onCredentials(() => {
      // A connection that has been closed in the meantime has nothing to say any more.
      if (this.#handles.delete(handle)) {
        this.#handles.add(handle);
        this.#announce();
      }
    });
    handle.onClose(() => {
      this.#last = headersOf(handle) ?? this.#last;
      this.#handles.delete(handle);
    });
    if (headersBefore === undefined || !sameHeaders(headersBefore, this.#last ?? {})) {
      this.#announceIfUsable();
    }
  }

  async get(): Promise<CredentialHeaders | undefined> {
    return this.#current();
  }

  reject(headers: CredentialHeaders): void {
    this.#rejected = headers;
  }

  onChange(callback: () => void): void {
    this.#listeners.add(callback);
  }

  #current(): CredentialHeaders | undefined {
    return undefined;
  }

  #announce(): void {}
  #announceIfUsable(): void {}
}

function headersOf(handle: ConnectionHandle): CredentialHeaders | undefined {
  try {
    return handle.credentials();
  } catch {
    return undefined;
  }
}

function sameHeaders(one: CredentialHeaders, other: CredentialHeaders): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
