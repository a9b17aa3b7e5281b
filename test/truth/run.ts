import { connectClient, type Driver, type DriverClient, type DriverSession } from '../support/drivers.js';
import {
  type ConnectOptions,
  type LocalDatabricks,
  STAGED_FILE,
  sql,
} from '../support/local-databricks/index.js';
import { App, type AppFacts } from './app.js';
import { callScenarios } from './callScenarios.js';
import { FAILURE_SCENARIOS } from './failureScenarios.js';
import { PLAIN_CALLS, REFUSAL, runPlainCalls } from './plainCalls.js';
import type { Backend, TruthScenario } from './scenario.js';
import { STATEMENT_SCENARIOS } from './statementScenarios.js';

export { STAGED_FILE };

/** Held: the native part of a kernel session reports when it is collected, whenever that may be. */
const abandoned = new Set<DriverSession>();
/** Scenarios that run side by side. */
const AT_ONCE = 8;

export function scenariosOf(backend: Backend, folder: string): readonly TruthScenario[] {
  return [...PLAIN_CALLS, ...STATEMENT_SCENARIOS, ...FAILURE_SCENARIOS, ...callScenarios(folder)].filter(
    ({ backends }) => backends.includes(backend),
  );
}

/** Has the server do to calls what no SQL text can ask for. */
export function arrangeFaults(server: LocalDatabricks, scenarios: readonly TruthScenario[]): void {
  for (const { faults = {} } of scenarios) {
    for (const [rpc, fault] of Object.entries(faults)) {
      server.faults.next(rpc, fault);
    }
  }
  server.faults.next(REFUSAL.rpc, REFUSAL.fault);
}

/** Runs all scenarios of a backend by the driver, each in a session of its own. */
export async function runScenarios(
  driver: Driver,
  options: ConnectOptions,
  backend: Backend,
  folder: string,
): Promise<AppFacts[]> {
  const scenarios = scenariosOf(backend, folder);
  const client = await connectClient(driver, options);
  const left = scenarios
    .filter((scenario) => !PLAIN_CALLS.includes(scenario) && scenario.abandoned !== true)
    .map((scenario) => async () => {
      const session = await client.openSession();
      const facts = await runScenario(session, scenario, folder);
      await session.close().catch(() => undefined);
      return facts;
    });
  // First and alone: they have sessions to themselves, and faults that any session would meet.
  const facts = await runPlainCalls(client);
  await warmUp(client);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let run = left.shift(); run !== undefined; run = left.shift()) {
        facts.push(await run());
      }
    }),
  );
  await client.close();
  // Only now: a client that is never closed keeps the driver from sending what it has of the others.
  for (const scenario of scenarios.filter((each) => each.abandoned === true)) {
    const session = await (await connectClient(driver, options)).openSession();
    abandoned.add(session);
    facts.push(await runScenario(session, scenario, folder));
  }
  return facts;
}

/** The first result of each format loads code: nothing that a report could be blamed for. */
async function warmUp(client: DriverClient): Promise<void> {
  const session = await client.openSession();
  for (const format of ['arrow', 'column', 'cloudfetch'] as const) {
    for (const polls of [0, 1]) {
      const operation = await session.executeStatement(sql({ format, polls, lz4: true }));
      await operation.fetchAll();
      await operation.close();
    }
  }
  await session.close();
}

async function runScenario(
  session: DriverSession,
  scenario: TruthScenario,
  folder: string,
): Promise<AppFacts> {
  const app = new App(session);
  const { server = {}, text = 'SELECT id, name FROM rows', transfers = false } = scenario;
  const execute = (by: DriverSession) =>
    by.executeStatement(sql(server, text), transfers ? { stagingAllowedLocalPath: folder } : {});
  try {
    await app.start(scenario.call ?? execute);
  } catch (error) {
    // Where that belongs to the scenario, there is nothing to use; where it does not, the comparison tells.
    if (scenario.expected?.error === undefined) {
      throw new Error(`${scenario.name}: ${String(Reflect.get(error as object, 'message'))}`, {
        cause: error,
      });
    }
    return app.facts(scenario.name);
  }
  await scenario.use?.(app);
  return app.facts(scenario.name);
}
