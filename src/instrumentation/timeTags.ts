import type { Attributes } from '@opentelemetry/api';
import { TIME_ACCOUNTS, TIME_TAGS } from '../tags/index.js';
import { roundToSum } from './largestRemainder.js';
import type { TimeLedger } from './timeLedger.js';

/** Adds the time of every account that the ledger has: integers that sum to the rounded time since it began. */
export function addTimeTags(attributes: Attributes, ledger: TimeLedger, now: number): void {
  const totals = roundToSum(ledger.totals(now), TIME_ACCOUNTS, Math.round(now - ledger.startedAt));
  for (const account of TIME_ACCOUNTS) {
    if (ledger.has(account)) {
      attributes[TIME_TAGS[account]] = totals[account];
    }
  }
}
