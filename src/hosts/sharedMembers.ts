/** Something that connections share: a host, or a lane of one. */
export interface Shareable {
  /** Equal for connections that share it. */
  readonly key: string;
  /** How many share it now. */
  readonly connections: number;
  /** Whether nothing of it waits, and nothing is in flight. */
  readonly isEmpty: boolean;
}

/** What connections share, by key; at most so many, the least recently used first. */
export class SharedMembers<Member extends Shareable> {
  readonly #max: number;
  readonly #onEvicted: (member: Member) => void;
  readonly #members = new Map<string, Member>();

  /** @param onEvicted closes a member that makes room */
  constructor(max: number, onEvicted: (member: Member) => void) {
    this.#max = max;
    this.#onEvicted = onEvicted;
  }

  get size(): number {
    return this.#members.size;
  }

  all(): Member[] {
    return [...this.#members.values()];
  }

  /** The member with that key, which is now the one that was used last. */
  use(key: string): Member | undefined {
    const member = this.#members.get(key);
    if (member !== undefined) {
      this.#members.delete(key);
      this.#members.set(key, member);
    }
    return member;
  }

  add(member: Member): void {
    this.#members.set(member.key, member);
  }

  remove(member: Member): void {
    this.#members.delete(member.key);
  }

  clear(): void {
    this.#members.clear();
  }

  /**
   * Where there are `max`, the least recently used one without connections goes; rather one that has nothing left
   * to send.
   *
   * @returns whether there is room for one more
   */
  makeRoom(): boolean {
    if (this.#members.size < this.#max) {
      return true;
    }
    const evicted = this.#leastUseful();
    if (evicted !== undefined) {
      this.remove(evicted);
      this.#onEvicted(evicted);
    }
    return evicted !== undefined;
  }

  #leastUseful(): Member | undefined {
    let first: Member | undefined;
    for (const member of this.#members.values()) {
      if (member.connections === 0) {
        if (member.isEmpty) {
          return member;
        }
        first ??= member;
      }
    }
    return first;
  }
}
