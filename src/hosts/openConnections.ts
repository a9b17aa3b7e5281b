import type { ConnectionHandle, ConnectionListener } from '../connectionHandle.js';
import type { GateVerdict } from '../gate/gate.js';
import type { ObservedConnection, ObservedConnections } from '../observer.js';
import type { ConnectionOutcome } from '../stats.js';
import { checkedFacts } from './destination.js';
import type { Lane } from './lane.js';

/** Connections that are remembered one by one; further ones are counted. */
const MAX_KNOWN = 1_000;

/**
 * The connections that are open now, for the inspector. Costs an object per connection, and nothing per record.
 * Nothing here keeps a connection alive.
 */
export class OpenConnections {
  readonly #known = new Set<OpenConnection>();
  readonly #laneNumbers = new WeakMap<Lane, number>();
  /** Listens to those that are only counted. */
  readonly #further: ConnectionListener = {
    onClose: () => {
      this.#furtherCount--;
    },
  };
  readonly #forget = (connection: OpenConnection): void => {
    this.#known.delete(connection);
  };
  #furtherCount = 0;
  #lastNumber = 0;
  #lastLane = 0;

  /** @param openedAt epoch milliseconds */
  open(handle: ConnectionHandle, verdict: GateVerdict, openedAt: number): OpenConnection | undefined {
    const number = ++this.#lastNumber;
    if (handle.isClosed) {
      return undefined;
    }
    if (this.#known.size >= MAX_KNOWN) {
      handle.listen(this.#further);
      this.#furtherCount++;
      return undefined;
    }
    const connection = new OpenConnection({ number, openedAt, verdict }, handle, this.#forget);
    handle.listen(connection);
    this.#known.add(connection);
    return connection;
  }

  /** @param max how many are described */
  latest(max: number): ObservedConnections {
    const latest: ObservedConnection[] = [];
    for (const connection of [...this.#known].reverse()) {
      if (latest.length >= max) {
        break;
      }
      const observed = connection.observed((lane) => this.#numberOf(lane));
      if (observed === undefined) {
        this.#known.delete(connection);
      } else {
        latest.push(observed);
      }
    }
    return { total: this.#known.size + this.#furtherCount, latest };
  }

  #numberOf(lane: Lane): number {
    const number = this.#laneNumbers.get(lane) ?? ++this.#lastLane;
    this.#laneNumbers.set(lane, number);
    return number;
  }
}

interface Opening {
  readonly number: number;
  readonly openedAt: number;
  readonly verdict: GateVerdict;
}

/** A connection, from its start to its close. */
export class OpenConnection implements ConnectionListener {
  readonly #opening: Opening;
  readonly #handle: WeakRef<ConnectionHandle>;
  readonly #onClose: (connection: OpenConnection) => void;
  #outcome: ConnectionOutcome | 'waiting';
  #lane: Lane | undefined = undefined;

  constructor(opening: Opening, handle: ConnectionHandle, onClose: (connection: OpenConnection) => void) {
    this.#opening = opening;
    this.#handle = new WeakRef(handle);
    this.#onClose = onClose;
    this.#outcome = opening.verdict.decision === 'off' ? 'disabled' : 'waiting';
  }

  /** The driver's first request has shown where it leads. */
  settle(admission: Lane | ConnectionOutcome): void {
    this.#lane = typeof admission === 'string' ? undefined : admission;
    this.#outcome = typeof admission === 'string' ? admission : 'served';
  }

  /** @returns `undefined` if it is gone without a close */
  observed(numberOf: (lane: Lane) => number): ObservedConnection | undefined {
    const handle = this.#handle.deref();
    if (handle === undefined) {
      return undefined;
    }
    const { number, openedAt, verdict } = this.#opening;
    return {
      number,
      openedAt,
      ...checkedFacts(handle),
      decision: verdict.decision,
      decidedBy: verdict.decidedBy,
      outcome: this.#outcome,
      lane: this.#lane?.observed(numberOf(this.#lane)),
    };
  }

  onClose(): void {
    this.#onClose(this);
  }
}
