import type { ConnectionHandle } from '../connectionHandle.js';
import type { CredentialSource, ExportDestination } from '../exporter/contract.js';
import type { DropReason } from './counters.js';
import type { FeatureFlag } from './featureFlag.js';
import type { FlagMember } from './flagMembers.js';
import { Outbox, type OutboxServices } from './outbox.js';
import { Wakeup } from './wakeup.js';

/** How long a lane without connections is kept, and with it the flag and the breaker of its host. */
export const LINGER_MS = 60_000;

/** Where a lane's credentials come from. */
export interface LaneCredentials {
  readonly source: CredentialSource;
  /** Called for each connection of the lane, if the credentials come from those. */
  readonly add?: (handle: ConnectionHandle) => void;
}

export interface LaneServices extends OutboxServices {
  /** The lane has had no connection for a while and has nothing to send. */
  readonly onIdle: (lane: Lane) => void;
}

/** The connections whose records may share a request, and the outbox that they share. */
export class Lane implements FlagMember {
  readonly key: string;
  readonly destination: ExportDestination;
  readonly outbox: Outbox;
  readonly #credentials: LaneCredentials;
  /** `undefined` if telemetry is forced. */
  readonly #flag: FeatureFlag | undefined;
  readonly #services: LaneServices;
  readonly #lingerEnd: Wakeup;
  #connections = 0;
  #isClosed = false;

  constructor(
    key: string,
    destination: ExportDestination,
    credentials: LaneCredentials,
    flag: FeatureFlag | undefined,
    services: LaneServices,
  ) {
    this.key = key;
    this.destination = destination;
    this.outbox = new Outbox(destination, flag, services);
    this.#credentials = credentials;
    this.#flag = flag;
    this.#services = services;
    this.#lingerEnd = new Wakeup(services.background, () => this.#onLingerEnd());
    flag?.join(this);
    // Should it never be attached to, it goes as well.
    this.#lingerEnd.in(LINGER_MS);
  }

  get flag(): FeatureFlag | undefined {
    return this.#flag;
  }

  get connections(): number {
    return this.#connections;
  }

  attach(handle: ConnectionHandle): void {
    this.#credentials.add?.(handle);
    this.#lingerEnd.cancel();
    this.#connections++;
    if (this.#connections === 1) {
      this.outbox.isUnattended = false;
      this.#flag?.retain();
    }
  }

  /** The last connection that leaves has what is queued sent, in the background. */
  detach(): void {
    if (this.#isClosed) {
      return;
    }
    this.#connections--;
    if (this.#connections === 0) {
      this.outbox.isUnattended = true;
      this.outbox.hurry();
      this.#flag?.release();
      this.#lingerEnd.in(LINGER_MS);
    }
  }

  flagChanged(): void {
    this.outbox.onFlagChanged();
  }

  /** @see Outbox.close */
  close(reason: DropReason, laterReason: DropReason): void {
    this.#isClosed = true;
    this.#lingerEnd.cancel();
    this.outbox.close(reason, laterReason);
    this.#flag?.leave(this);
  }

  #onLingerEnd(): void {
    if (this.outbox.isEmpty) {
      this.#services.onIdle(this);
    } else {
      this.#lingerEnd.in(LINGER_MS);
    }
  }
}
