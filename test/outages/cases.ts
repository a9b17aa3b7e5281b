import type { EndpointBehaviour, LocalDatabricks } from '../support/local-databricks/index.js';

/** Where a request is when the event loop is blocked. */
export type Stage =
  | 'the connection'
  | "the flag's headers"
  | "the flag's body"
  | "the export's headers"
  | "the export's body";

export interface Block {
  readonly stage: Stage;
  readonly durationMs: number;
}

/** One program of its own, one server of its own, one thing that goes wrong. */
export interface OutageCase {
  readonly name: string;
  readonly statements: number;
  /** How many statements run at a time, from the opening of the session on. */
  readonly concurrency: number;
  /** Blocks the program's event loop, once. */
  readonly block?: Block;
  /** Makes the server fail. Resolves when it is well again, or waits for something that never comes. */
  readonly fail: (db: LocalDatabricks) => Promise<void>;
  /** Whether what was to go wrong did so, as the server saw it. */
  readonly hasFailed: (db: LocalDatabricks) => boolean;
}

const MANY = { statements: 2_000, concurrency: 50 };
const AT_ONCE = { statements: 100, concurrency: 100 };
/** How long the server takes from the headers to the body, where the program is blocked in between. */
const BODY_DELAY_MS = 50;
/** Longer than any run takes. */
const PATIENCE_MS = 300_000;

const pause = (durationMs: number) => new Promise<void>((resolve) => setTimeout(resolve, durationMs));

/** The endpoint fails for so long, from its first request on. */
async function isDown(
  endpoint: LocalDatabricks['flags'] | LocalDatabricks['telemetry'],
  durationMs: number,
): Promise<void> {
  endpoint.answer('reset');
  await endpoint.waitForRequests(1, PATIENCE_MS);
  await pause(durationMs);
  endpoint.answer('ok');
}

const OUTAGES: readonly OutageCase[] = [
  {
    ...MANY,
    name: 'the endpoint is down for 90 s',
    fail: ({ telemetry }) => isDown(telemetry, 90_000),
    hasFailed: ({ telemetry }) => telemetry.requestCount > 21,
  },
  {
    ...MANY,
    name: 'the flag is down for 40 s from the start',
    fail: ({ flags }) => isDown(flags, 40_000),
    hasFailed: ({ flags }) => flags.requestCount > 1,
  },
  {
    ...MANY,
    name: 'a 401 in the middle of the export',
    fail: async ({ telemetry }) => {
      await telemetry.waitForLogs(1_000, PATIENCE_MS);
      telemetry.answer({ status: 401 }, 1);
    },
    hasFailed: ({ telemetry }) => telemetry.requestCount > 21,
  },
  {
    ...MANY,
    name: 'a 401 to the first question for the flag',
    fail: async ({ flags }) => flags.answer({ status: 401 }, 1),
    hasFailed: ({ flags }) => flags.requestCount === 2,
  },
  {
    ...MANY,
    name: 'a 503 to the first question for the flag',
    fail: async ({ flags }) => flags.answer({ status: 503 }, 1),
    hasFailed: ({ flags }) => flags.requestCount === 2,
  },
  {
    ...MANY,
    name: 'the event loop is blocked for 5 s at the first connection',
    block: { stage: 'the connection', durationMs: 5_000 },
    fail: async () => undefined,
    hasFailed: () => true,
  },
];

const STAGES: readonly Stage[] = [
  'the connection',
  "the flag's headers",
  "the flag's body",
  "the export's headers",
  "the export's body",
];

function blocked(stage: Stage, durationMs: number): OutageCase {
  const slow: EndpointBehaviour = { status: 200, bodyDelayMs: BODY_DELAY_MS };
  return {
    ...AT_ONCE,
    name: `100 statements at once, blocked for ${durationMs / 1_000} s at ${stage}`,
    block: { stage, durationMs },
    fail: async ({ flags, telemetry }) => {
      (stage.startsWith('the flag') ? flags : telemetry).answer(slow);
    },
    hasFailed: () => true,
  };
}

/** Those that take long come first: they run while the others do. */
export const CASES: readonly OutageCase[] = [
  ...OUTAGES,
  ...[10_000, 5_000, 3_000].flatMap((durationMs) => STAGES.map((stage) => blocked(stage, durationMs))),
];
