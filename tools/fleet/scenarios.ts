import type { SimulatedEndpoint } from './endpoint.js';
import type { Fleet } from './fleet.js';

const MINUTE_S = 60;
/** What the server says; the default of the driver's. Seconds. */
export const FLAG_INTERVAL_S = 900;
/** A fleet that has run for long: its processes started at different times. Not shown. */
const WARM_UP_S = 20 * MINUTE_S;
const START_WITHIN_S = 10;
const WAVES = 10;

/** What may be done to a fleet and to its endpoint, at its time. */
export interface World {
  readonly fleet: Fleet;
  readonly endpoint: SimulatedEndpoint;
  /** Seconds from now. */
  readonly after: (seconds: number, job: () => void) => void;
  /** Seconds from the first one that is shown. */
  readonly now: () => number;
}

/** From and to are seconds from the first one that is shown. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What happens. */
  readonly story: string;
  /** Before anything is shown. Seconds. */
  readonly warmUpS: number;
  /** That is shown. Seconds. */
  readonly durationS: number;
  /** While the event lasts. */
  readonly event: Span;
  /** From the event's end until the bounds hold: processes that have just started have to ask once. Seconds. */
  readonly settleS: number;
  /** How the plots call it. */
  readonly eventLabel: string;
  /** When the fleet goes as it always does: what later peaks are compared with. */
  readonly steady: Span;
  /** Called at the beginning of the warm-up. */
  readonly begin: (world: World) => void;
  /** Called at the event's beginning. */
  readonly happen: (world: World) => void;
}

const EVENT_AT_S = 5 * MINUTE_S;
const BEFORE: Span = { from: 0, to: EVENT_AT_S };

/** A fleet that has run for long; then something happens. */
const LONG_RUNNING = {
  warmUpS: WARM_UP_S,
  durationS: 45 * MINUTE_S,
  steady: BEFORE,
  settleS: 0,
  begin: ({ fleet }: World) => fleet.start(FLAG_INTERVAL_S),
};

const OUTAGE: Span = { from: EVENT_AT_S, to: EVENT_AT_S + 5 * MINUTE_S };

/** The host answers so for five minutes, to whatever it is asked. */
function failing(status: number, retryAfterMs?: (now: number, end: number) => number): Scenario['happen'] {
  return ({ endpoint, after, now }) => {
    const remainingMs = (): number => Math.max(OUTAGE.to - now(), 1) * 1_000;
    endpoint.outage = {
      status,
      ...(retryAfterMs !== undefined && { retryAfterMs: (at) => retryAfterMs(at, at + remainingMs()) }),
    };
    after(OUTAGE.to - OUTAGE.from, () => {
      endpoint.outage = undefined;
    });
  };
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'start',
    title: 'A start all at once',
    story: `All processes start within ${START_WITHIN_S} seconds.`,
    warmUpS: 0,
    durationS: 60 * MINUTE_S,
    event: { from: 0, to: START_WITHIN_S },
    settleS: 2 * MINUTE_S,
    eventLabel: 'start',
    steady: { from: 30 * MINUTE_S, to: 60 * MINUTE_S },
    begin: ({ fleet }) => fleet.start(START_WITHIN_S),
    happen: () => undefined,
  },
  {
    ...LONG_RUNNING,
    name: 'deploy',
    title: 'A deploy in waves',
    story: `Once a minute, a tenth of the processes end by \`shutdown()\` and others start, within ${START_WITHIN_S} seconds.`,
    event: { from: EVENT_AT_S, to: EVENT_AT_S + (WAVES - 1) * MINUTE_S + START_WITHIN_S },
    settleS: MINUTE_S,
    eventLabel: 'deploy',
    happen: ({ fleet, after }) => {
      for (let wave = 0; wave < WAVES; wave++) {
        after(wave * MINUTE_S, () => fleet.restart(wave, WAVES, START_WITHIN_S));
      }
    },
  },
  {
    ...LONG_RUNNING,
    name: '503',
    title: 'Five minutes of 503',
    story: 'Flag and export endpoint answer 503 for five minutes.',
    event: OUTAGE,
    eventLabel: '503',
    happen: failing(503),
  },
  {
    ...LONG_RUNNING,
    name: '429',
    title: 'Five minutes of 429, “in a minute”',
    story: 'Both endpoints answer 429 for five minutes, with `Retry-After: 60`.',
    event: OUTAGE,
    eventLabel: '429',
    happen: failing(429, () => 60_000),
  },
  {
    ...LONG_RUNNING,
    name: '429-until',
    title: 'Five minutes of 429, “when it is over”',
    story:
      'Both endpoints answer 429 for five minutes, and `Retry-After` is the time that is left: every process is given the same moment.',
    event: OUTAGE,
    eventLabel: '429',
    happen: failing(429, (now, end) => end - now),
  },
  {
    ...LONG_RUNNING,
    name: 'off',
    title: 'A switch-off',
    story: 'The feature flag is turned off.',
    event: { from: EVENT_AT_S, to: EVENT_AT_S },
    eventLabel: 'flag off',
    happen: ({ endpoint }) => {
      endpoint.isEnabled = false;
    },
  },
  {
    ...LONG_RUNNING,
    name: 'on',
    title: 'A switch-on',
    story: 'The feature flag has been off since the processes started, and is turned on.',
    durationS: 60 * MINUTE_S,
    event: { from: EVENT_AT_S, to: EVENT_AT_S },
    eventLabel: 'flag on',
    steady: { from: 35 * MINUTE_S, to: 60 * MINUTE_S },
    begin: (world) => {
      world.endpoint.isEnabled = false;
      LONG_RUNNING.begin(world);
    },
    happen: ({ endpoint }) => {
      endpoint.isEnabled = true;
    },
  },
];
