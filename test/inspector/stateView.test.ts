import { describe, expect, it } from 'vitest';
import { NO_CONNECTIONS, NONE_DROPPED } from '../../src/hosts/counters.js';
import { connectionText, lossText } from '../../src/inspector/lossWords.js';
import type { ObservedStats } from '../../src/inspector/observed.js';
import { erasOf, totalsOf, windowOf } from '../../src/inspector/page/breakerEras.js';
import { stateView } from '../../src/inspector/stateView.js';
import { Observation, type ObservedConnection } from '../../src/observer.js';

const STATS: ObservedStats = {
  queued: 0,
  inFlight: 0,
  exported: 0,
  rejected: 0,
  openStatements: 0,
  invalidValues: 0,
  internalErrors: 0,
  queueCapacity: 1_000,
  dropped: {},
  connections: {},
  hosts: [
    {
      host: 'a.test',
      port: 443,
      connections: 1,
      lanes: 1,
      pausedLanes: 0,
      queued: 0,
      inFlight: 0,
      breaker: { state: 'closed', openSince: undefined },
      flags: [],
      exportRequests: {},
    },
  ],
};

const CONNECTION: ObservedConnection = {
  number: 1,
  openedAt: Date.now(),
  host: 'a.test',
  port: 443,
  orgId: '12',
  driver: 'driver/1.2.3',
  driverVersion: '1.2.3',
  decision: 'flag',
  decidedBy: 'feature flag',
  outcome: 'served',
  lane: {
    number: 1,
    connections: 3,
    queued: 2,
    inFlight: 1,
    isPaused: true,
    flag: {
      orgId: '12',
      driverVersion: '1.2.3',
      state: 'enabled',
      answeredAt: Date.now() - 5_000,
      nextRequestAt: Date.now() + 600_000,
    },
  },
};

function viewOf(connections: readonly ObservedConnection[], total = connections.length) {
  const observation = new Observation();
  observation.connections = (max) => ({ total, latest: connections.slice(0, max) });
  return stateView(STATS, observation, []).open;
}

describe('the state', () => {
  it('says of a connection where it leads, who decided, what the flag said and where its records wait', () => {
    const [view] = viewOf([CONNECTION]).latest;
    expect(view).toMatchObject({
      host: 'a.test:443',
      workspace: '12',
      driver: 'driver/1.2.3',
      gate: { value: 'the server’s feature flag decides' },
      flag: { value: 'enabled', note: 'answered 5 s ago, next question in 10 min at the earliest' },
      lane: { value: '2 waiting, 1 being sent', tone: 'warn' },
    });
    expect(view?.lane.note).toContain('shared by 3');
    expect(view?.lane.note).toContain('paused');
  });

  it('says of a connection which switch has it switched off, and of another why it was refused', () => {
    const off = { decision: 'off', decidedBy: 'processor.enableTelemetry', lane: undefined };
    const [one, other, early] = viewOf([
      { ...CONNECTION, ...off, outcome: 'disabled' },
      { ...CONNECTION, outcome: 'refused_route', lane: undefined },
      { ...CONNECTION, outcome: 'waiting', host: undefined, lane: undefined },
    ]).latest;
    expect(one).toMatchObject({ gate: { value: 'off', note: 'decided by processor.enableTelemetry' } });
    expect(other).toMatchObject({ lane: { value: 'refused route', tone: 'warn' }, flag: undefined });
    expect(early).toMatchObject({ host: '', lane: { value: 'waiting' } });
  });

  it('lists 50 connections of a pool, and says how many there are', () => {
    const pool = Array.from({ length: 1_000 }, () => CONNECTION);
    expect(viewOf(pool, 10_000)).toMatchObject({ total: 10_000 });
    expect(viewOf(pool, 10_000).latest).toHaveLength(50);
  });

  it('explains every reason of a drop and every outcome of a connection', () => {
    for (const reason of [...Object.keys(NONE_DROPPED), 'rejected']) {
      expect(lossText(reason), reason).not.toBe(reason.replaceAll('_', ' '));
    }
    for (const outcome of [...Object.keys(NO_CONNECTIONS), 'waiting']) {
      expect(connectionText(outcome), outcome).not.toBe(outcome.replaceAll('_', ' '));
    }
  });

  it('has the history of a circuit breaker, and says from when on it is known', () => {
    const observation = new Observation();
    const historyOf = () => stateView(STATS, observation, []).hosts[0]?.breaker;
    expect(historyOf()).toMatchObject({ first: 'closed', steps: [] });
    observation.noteBreaker('a.test:443', 'open');
    observation.noteBreaker('b.test:443', 'open');
    expect(historyOf()).toMatchObject({ first: 'closed', steps: [{ state: 'open' }] });
    for (let index = 0; index < 64; index++) {
      observation.noteBreaker('a.test:443', index % 2 === 0 ? 'half-open' : 'open');
    }
    const history = historyOf();
    expect(history).toMatchObject({ since: history?.steps[0]?.at, first: 'half-open' });
  });
});

describe('the time line of a circuit breaker', () => {
  const MIN = 60_000;
  const history = {
    since: 0,
    first: 'closed',
    steps: [
      { at: 10 * MIN, state: 'open' },
      { at: 11 * MIN, state: 'half-open' },
      { at: 12 * MIN, state: 'closed' },
    ],
  };

  it('has the states in their order, each as long as it lasted', () => {
    expect(erasOf(history, 5 * MIN, 20 * MIN)).toEqual([
      { state: 'closed', from: 5 * MIN, to: 10 * MIN },
      { state: 'open', from: 10 * MIN, to: 11 * MIN },
      { state: 'half-open', from: 11 * MIN, to: 12 * MIN },
      { state: 'closed', from: 12 * MIN, to: 20 * MIN },
    ]);
    expect(totalsOf(erasOf(history, 5 * MIN, 20 * MIN))).toContainEqual(['closed', 13 * MIN]);
  });

  it('says where nothing is known, and begins where its window does', () => {
    expect(erasOf({ ...history, since: 9 * MIN }, 8 * MIN, 10.5 * MIN)).toEqual([
      { state: 'unknown', from: 8 * MIN, to: 9 * MIN },
      { state: 'closed', from: 9 * MIN, to: 10 * MIN },
      { state: 'open', from: 10 * MIN, to: 10.5 * MIN },
    ]);
    expect(erasOf(history, 15 * MIN, 20 * MIN)).toEqual([{ state: 'closed', from: 15 * MIN, to: 20 * MIN }]);
  });

  it('is as long as it must be to show all changes', () => {
    expect(windowOf({ ...history, steps: [] }, 20 * MIN)).toBe(1);
    expect(windowOf(history, 20 * MIN)).toBe(15);
    expect(windowOf(history, 50 * MIN)).toBe(60);
    expect(windowOf(history, 9_000 * MIN)).toBe(1_440);
  });
});
