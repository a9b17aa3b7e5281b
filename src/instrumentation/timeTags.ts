import type { Attributes } from '@opentelemetry/api';
import { Tag } from '../tags/index.js';
import { roundToSum } from './largestRemainder.js';
import { TIME_ACCOUNTS, type TimeAccount, type TimeLedger } from './timeLedger.js';

const TIME_TAGS: Readonly<Record<TimeAccount, string>> = {
  queued: Tag.timeQueuedMs,
  running: Tag.timeRunningMs,
  fetching: Tag.timeFetchingMs,
  downloading: Tag.timeDownloadingMs,
  retrying: Tag.timeRetryingMs,
  driver: Tag.timeDriverMs,
  application: Tag.timeApplicationMs,
  unseen: Tag.timeUnseenMs,
};

/** Adds the time of every account that the ledger has: integers that sum to the rounded time since it began. */
export function addTimeTags(attributes: Attributes, ledger: TimeLedger, now: number): void {
  const totals = roundToSum(ledger.totals(now), TIME_ACCOUNTS, Math.round(now - ledger.startedAt));
  for (const account of TIME_ACCOUNTS) {
    if (ledger.has(account)) {
      attributes[TIME_TAGS[account]] = totals[account];
    }
  }
}
