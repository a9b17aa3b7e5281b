import type { ExportDestination, FlagResult } from '../exporter/contract.js';

/** A lane that depends on a flag, and with whose credentials it may be asked for. */
export interface FlagMember {
  readonly destination: ExportDestination;
  /** The flag's state is another than before. */
  flagChanged(): void;
}

/** What a round of asking brought: what the server said, or that there was nobody to ask as. */
export type RoundResult =
  | FlagResult
  /** No member has credentials. */
  | { readonly outcome: 'no-credentials' }
  /** The server refused the credentials of all members that have some. */
  | { readonly outcome: 'refused' };

/**
 * The lanes that share a flag. The server is asked as one after the other, until it believes one: a lane
 * with bad credentials does not decide for the others.
 */
export class FlagMembers {
  readonly #members = new Set<FlagMember>();
  /** Whose present credentials the server refused. */
  readonly #refused = new Set<FlagMember>();
  /** Who had no credentials in the last round. */
  readonly #empty = new Set<FlagMember>();
  /** How often credentials have come. */
  #arrivals = 0;
  /** As whom the last answer was had. */
  #lastGood: FlagMember | undefined;

  get size(): number {
    return this.#members.size;
  }

  /** Whether the server refused somebody in the last round. */
  get hasRefused(): boolean {
    return this.#refused.size > 0;
  }

  has(member: FlagMember): boolean {
    return this.#members.has(member);
  }

  add(member: FlagMember): void {
    this.#members.add(member);
  }

  delete(member: FlagMember): void {
    this.#members.delete(member);
    this.onCredentials(member);
    if (this.#lastGood === member) {
      this.#lastGood = undefined;
    }
  }

  clear(): void {
    this.#members.clear();
    this.forgetRefusals();
    this.#empty.clear();
    this.#lastGood = undefined;
  }

  /** The member has credentials, or others than before. */
  onCredentials(member: FlagMember): void {
    this.#arrivals++;
    this.#refused.delete(member);
    this.#empty.delete(member);
  }

  forgetRefusals(): void {
    this.#refused.clear();
  }

  tellAll(): void {
    for (const member of this.#members) {
      member.flagChanged();
    }
  }

  /** As whom to ask next: the one who was believed last, else the first of those not tried yet. */
  next(): FlagMember | undefined {
    const isUntried = (member: FlagMember) => !this.#refused.has(member) && !this.#empty.has(member);
    if (this.#lastGood !== undefined && isUntried(this.#lastGood)) {
      return this.#lastGood;
    }
    return [...this.#members].find(isUntried);
  }

  /** @param fetch asks the server as one member */
  async ask(
    fetch: (destination: ExportDestination) => Promise<FlagResult>,
    signal: AbortSignal,
  ): Promise<RoundResult> {
    this.#empty.clear();
    for (let member = this.next(); member !== undefined; member = this.next()) {
      const arrivals = this.#arrivals;
      const headers = await member.destination.credentials.get(signal);
      if (signal.aborted) {
        return { outcome: 'aborted' };
      }
      if (headers === undefined) {
        // If some came meanwhile, they may be this member's.
        if (arrivals === this.#arrivals) {
          this.#empty.add(member);
        }
        continue;
      }
      const result = await fetch(member.destination);
      if (result.outcome === 'answer') {
        this.#lastGood = this.#members.has(member) ? member : undefined;
        return result;
      }
      if (result.outcome === 'aborted' || !isAboutCredentials(result.error)) {
        return result;
      }
      this.#refused.add(member);
    }
    return { outcome: this.hasRefused ? 'refused' : 'no-credentials' };
  }
}

function isAboutCredentials(error: string): boolean {
  return error === '401' || error === '403' || error === 'no_credentials';
}
