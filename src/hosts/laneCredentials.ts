import type { ConnectionHandle, CredentialHeaders } from '../context.js';
import type { CredentialSource } from '../exporter/contract.js';

/** Makes the source of one connection's credentials. */
export type CreateCredentials = (handle: ConnectionHandle) => CredentialSource;

/**
 * The credentials of a lane: those of the connections that share it. They all authenticate as the same
 * one, so any connection's headers will do; the newest one's are preferred. When the last connection is
 * closed its headers stay, for what is still queued.
 */
export class LaneCredentials implements CredentialSource {
  readonly #create: CreateCredentials;
  /** Oldest first. */
  readonly #sources = new Map<ConnectionHandle, CredentialSource>();
  readonly #closed = new Set<ConnectionHandle>();
  readonly #callbacks: Array<() => void> = [];

  constructor(create: CreateCredentials) {
    this.#create = create;
  }

  attach(handle: ConnectionHandle): void {
    const source = this.#create(handle);
    this.#sources.set(handle, source);
    source.onChange(() => this.#changed(handle));
  }

  detach(handle: ConnectionHandle): void {
    if (this.#sources.size > 1) {
      this.#sources.delete(handle);
    } else if (this.#sources.has(handle)) {
      this.#closed.add(handle);
    }
  }

  async get(signal: AbortSignal): Promise<CredentialHeaders | undefined> {
    for (const source of [...this.#sources.values()].reverse()) {
      const headers = await source.get(signal);
      if (headers !== undefined) {
        return headers;
      }
    }
    return undefined;
  }

  reject(headers: CredentialHeaders): void {
    for (const source of this.#sources.values()) {
      source.reject(headers);
    }
  }

  onChange(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  #changed(handle: ConnectionHandle): void {
    if (!this.#sources.has(handle)) {
      return;
    }
    // A living connection has shown its own: those of a closed one have served their time.
    for (const closed of this.#closed) {
      if (closed !== handle) {
        this.#sources.delete(closed);
        this.#closed.delete(closed);
      }
    }
    for (const callback of this.#callbacks) {
      callback();
    }
  }
}
