import type { TimeAccount } from '../tags/index.js';

/** What the server said of a statement: it waits for its turn, it runs, it is over. */
export type ServerWord = 'queued' | 'running' | 'over';

/** The server's own times, where it gave them, on the ledger's clock. */
export interface ServerTimes {
  readonly startedAt?: number | undefined;
  readonly completedAt?: number | undefined;
}

/** Time of one account, from `since` to where the next begins. */
interface Stretch {
  readonly since: number;
  account: TimeAccount;
  before: Stretch | undefined;
}

/** So many stretches can still be corrected. Older ones are summed up: a long statement takes no more memory. */
const MAX_STRETCHES = 64;

const NOTHING: Readonly<Record<TimeAccount, number>> = {
  queued: 0,
  running: 0,
  fetching: 0,
  downloading: 0,
  retrying: 0,
  driver: 0,
  application: 0,
  unseen: 0,
};

/**
 * Says where a statement's time went. At every moment it belongs to exactly one account, the first that applies
 * of: application (no call of the driver is open), unseen, retrying, queued or running, fetching, downloading,
 * driver. It has no clock: every event comes with its time, in milliseconds, none earlier than the one before.
 */
export class TimeLedger {
  readonly startedAt: number;
  readonly #isVisible: boolean;
  #latest: Stretch;
  #stretches = 1;
  /** Of stretches that can't be corrected any more. */
  #settled: Record<TimeAccount, number> | undefined = undefined;
  /** Of stretches that have ended. */
  #applicationMs = 0;
  #said: ServerWord | undefined = undefined;
  /** When the server last said something. */
  #saidAt: number;
  #calls = 0;
  #requests = 0;
  #downloads = 0;

  /** @param isVisible false: what happens inside a call can't be seen */
  constructor(startedAt: number, isVisible: boolean) {
    this.startedAt = startedAt;
    this.#isVisible = isVisible;
    this.#saidAt = startedAt;
    this.#latest = { since: startedAt, account: 'application', before: undefined };
  }

  /** Whether there can be time of that account: `unseen` only where nothing can be seen, and then all of a call. */
  has(account: TimeAccount): boolean {
    return account === 'application' || (account === 'unseen') !== this.#isVisible;
  }

  /** Whether a call of the driver is open. */
  get isWaiting(): boolean {
    return this.#calls > 0;
  }

  /** The application calls the driver. Calls may overlap. */
  enter(now: number): void {
    this.#calls++;
    this.#turn(now);
  }

  /** A call of the driver has settled. */
  leave(now: number): void {
    this.#calls--;
    this.#turn(now);
  }

  /** A request begins that is neither the one that starts the statement nor one for its status. */
  requestBegins(now: number): void {
    this.#requests++;
    this.#turn(now);
  }

  requestEnds(now: number): void {
    this.#requests--;
    this.#turn(now);
  }

  downloadBegins(now: number): void {
    this.#downloads++;
    this.#turn(now);
  }

  downloadEnds(now: number): void {
    this.#downloads--;
    this.#turn(now);
  }

  /** A request is tried again: what began at `since` has failed, and then the driver backed off. */
  retried(since: number, now: number): void {
    this.#correct(since, now, () => 'retrying');
  }

  /**
   * The server said how the statement is. What it was before holds until now, unless the server's own times say
   * when it changed, and lie between what it said before and now.
   *
   * @param late whose the time is in which the statement was over, and it was not known
   */
  serverSaid(word: ServerWord, now: number, times: ServerTimes = {}, late: TimeAccount = 'driver'): void {
    const before = this.#said;
    if (before === 'over') {
      return;
    }
    const { startedAt, completedAt } = times;
    if (word === 'queued') {
      if (before === undefined) {
        // It has never run.
        this.#correct(this.startedAt, now, (account) => (account === 'running' ? 'queued' : account));
      }
    } else if (before === 'queued' && this.#fits(startedAt, now)) {
      this.#correct(startedAt, now, (account) => (account === 'queued' ? 'running' : account));
    }
    if (word === 'over' && this.#fits(completedAt, now)) {
      this.#correct(completedAt, now, (account) =>
        account === 'queued' || account === 'running' ? late : account,
      );
    }
    this.#said = word;
    this.#saidAt = now;
    this.#turn(now);
  }

  /** Milliseconds so far in which a call of the driver was open. Calls that overlap count once. */
  waitedMs(now: number): number {
    const { since, account } = this.#latest;
    const idle = account === 'application' ? now - since : 0;
    return now - this.startedAt - this.#applicationMs - idle;
  }

  /** Milliseconds of each account so far. They sum to the time since the ledger began. */
  totals(now: number): Readonly<Record<TimeAccount, number>> {
    const totals = { ...(this.#settled ?? NOTHING) };
    let end = now;
    for (let stretch: Stretch | undefined = this.#latest; stretch !== undefined; stretch = stretch.before) {
      totals[stretch.account] += end - stretch.since;
      end = stretch.since;
    }
    return totals;
  }

  get #account(): TimeAccount {
    if (this.#calls === 0) {
      return 'application';
    }
    if (!this.#isVisible) {
      return 'unseen';
    }
    if (this.#said !== 'over') {
      return this.#said ?? 'running';
    }
    if (this.#requests > 0) {
      return 'fetching';
    }
    return this.#downloads > 0 ? 'downloading' : 'driver';
  }

  /** Something has changed: from now on the time may be somebody else's. */
  #turn(now: number): void {
    const account = this.#account;
    if (account !== this.#latest.account) {
      this.#begin(account, now);
    }
  }

  #begin(account: TimeAccount, now: number): void {
    const latest = this.#latest;
    if (latest.since === now) {
      latest.account = account;
      return;
    }
    if (latest.account === 'application') {
      this.#applicationMs += now - latest.since;
    }
    this.#latest = { since: now, account, before: latest };
    if (++this.#stretches > MAX_STRETCHES) {
      this.#settle();
    }
  }

  /** Time from `from` on, in which the application waited and which could be seen, is given to others. */
  #correct(from: number, now: number, change: (account: TimeAccount) => TimeAccount): void {
    this.#begin(this.#account, now);
    let later = this.#latest;
    for (let stretch = later.before; stretch !== undefined; stretch = stretch.before) {
      if (later.since <= from) {
        return;
      }
      const { account } = stretch;
      const corrected = account === 'application' || account === 'unseen' ? account : change(account);
      if (corrected !== account) {
        if (stretch.since >= from) {
          stretch.account = corrected;
        } else {
          later.before = { since: from, account: corrected, before: stretch };
          this.#stretches++;
        }
      }
      later = stretch;
    }
  }

  #fits(at: number | undefined, now: number): at is number {
    return at !== undefined && at >= this.#saidAt && at <= now;
  }

  /** Sums up the older half. */
  #settle(): void {
    let last = this.#latest;
    for (let kept = 1; kept < MAX_STRETCHES / 2 && last.before !== undefined; kept++) {
      last = last.before;
    }
    const settled = { ...(this.#settled ?? NOTHING) };
    let end = last.since;
    for (let stretch = last.before; stretch !== undefined; stretch = stretch.before) {
      settled[stretch.account] += end - stretch.since;
      end = stretch.since;
    }
    last.before = undefined;
    this.#settled = settled;
    this.#stretches = MAX_STRETCHES / 2;
  }
}
