import { describe, expect, it } from 'vitest';
import { roundToSum } from '../../src/instrumentation/largestRemainder.js';
import { TimeLedger } from '../../src/instrumentation/timeLedger.js';

describe('the ledger of a statement’s time', () => {
  it('gives a change between two polls to the earlier state', () => {
    const ledger = new TimeLedger(0, true);
    ledger.enter(0);
    ledger.serverSaid('queued', 100);
    ledger.serverSaid('running', 300);
    ledger.serverSaid('over', 1_000);
    expect(ledger.totals(1_010)).toMatchObject({ queued: 300, running: 700, driver: 10 });
  });

  it('uses the server’s own times where they lie between the polls', () => {
    const ledger = new TimeLedger(0, true);
    ledger.enter(0);
    ledger.serverSaid('queued', 100);
    ledger.serverSaid('over', 1_000, { startedAt: 250, completedAt: 900 });
    expect(ledger.totals(1_000)).toMatchObject({ queued: 250, running: 650, driver: 100 });
  });

  it('does not use the server’s own times where its clock is another', () => {
    const ledger = new TimeLedger(0, true);
    ledger.enter(0);
    ledger.serverSaid('queued', 100);
    ledger.serverSaid('over', 1_000, { startedAt: 99, completedAt: 1_001 });
    expect(ledger.totals(1_000)).toMatchObject({ queued: 1_000, running: 0, driver: 0 });
  });

  it('gives what a retry repeats, and the back-off before it, to the retry: whatever else went on', () => {
    const ledger = new TimeLedger(0, true);
    ledger.enter(0);
    ledger.serverSaid('over', 10);
    ledger.downloadBegins(10);
    ledger.downloadBegins(20);
    ledger.retried(20, 70);
    ledger.downloadEnds(80);
    expect(ledger.totals(80)).toMatchObject({ running: 10, downloading: 20, retrying: 50 });
  });

  it('gives nothing to a retry while the application does something else', () => {
    const ledger = new TimeLedger(0, true);
    ledger.enter(0);
    ledger.serverSaid('over', 10);
    ledger.downloadBegins(10);
    ledger.leave(10);
    ledger.retried(10, 60);
    expect(ledger.totals(60)).toMatchObject({ application: 50, retrying: 0 });
  });

  it('sees nothing inside a call where nothing can be seen', () => {
    const ledger = new TimeLedger(0, false);
    ledger.enter(0);
    ledger.serverSaid('over', 50);
    ledger.leave(100);
    expect(ledger.totals(130)).toMatchObject({ unseen: 100, application: 30, running: 0, driver: 0 });
  });

  it('keeps the sum of a statement that is read for ever, and no more than the last of its stretches', () => {
    const ledger = new TimeLedger(0, true);
    ledger.serverSaid('over', 0);
    for (let at = 0; at < 40_000; at += 4) {
      ledger.enter(at);
      ledger.requestBegins(at + 1);
      ledger.requestEnds(at + 2);
      ledger.leave(at + 3);
    }
    // What is as old as that can't be corrected any more.
    ledger.retried(0, 40_000);
    const totals = ledger.totals(40_000);
    expect(Object.values(totals).reduce((sum, value) => sum + value)).toBe(40_000);
    expect(totals.retrying).toBeGreaterThan(0);
    expect(totals.retrying).toBeLessThan(100);
    expect(totals.application).toBe(10_000);
  });
});

describe('rounding to a sum', () => {
  it('gives what is missing to those that lost most', () => {
    const round = (values: Record<string, number>, sum: number) =>
      roundToSum(values, Object.keys(values), sum);
    expect(round({ a: 1.4, b: 1.4, c: 1.2 }, 4)).toEqual({ a: 2, b: 1, c: 1 });
    expect(round({ a: 0.5, b: 0.5 }, 1)).toEqual({ a: 1, b: 0 });
    expect(round({ a: 3, b: 0, c: 4 }, 7)).toEqual({ a: 3, b: 0, c: 4 });
  });
});
