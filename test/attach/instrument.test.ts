import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DatabricksSqlInstrumentation, instrument } from '../../src/index.js';
import { Tag } from '../../src/tags/index.js';
import { connectClient, loadDriver, newClient } from '../support/drivers.js';
import { type LocalDatabricks, sql, startLocalDatabricks } from '../support/local-databricks/index.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

const driver = loadDriver();
const RETRIED = sql({ polls: 1, http: { GetOperationStatus: { status: 503, times: 1 } } });

let db: LocalDatabricks;
let telemetry: Telemetry;

const connectOptions = () => db.connectOptions({ checkServerCertificate: false });
const names = () => telemetry.operations().map(({ name }) => name.split(' ')[0]);

beforeAll(async () => {
  db = await startLocalDatabricks();
});

beforeEach(() => {
  // Module hooks and the module cache are left alone: the client is all there is.
  telemetry = startTelemetry({ config: { enabled: false } });
});

afterEach(async () => {
  await telemetry.stop();
  db.reset();
});

afterAll(() => db?.close());

describe('instrument(client)', () => {
  it('gives back the client, and observes it from connect to close', async () => {
    const client = newClient(driver);
    expect(telemetry.instrumentation.instrument(client)).toBe(client);
    await client.connect(connectOptions());
    const session = await client.openSession();
    await (await session.executeStatement(sql({}))).fetchAll();
    await session.close();
    await client.close();
    expect(names()).toEqual(['connect', 'openSession', 'SELECT', 'closeSession']);
  });

  it('observes a client that is connected already, its open sessions and their retries', async () => {
    const client = await connectClient(driver, connectOptions());
    const session = await client.openSession();
    telemetry.instrumentation.instrument(client);
    await (await session.executeStatement(RETRIED)).fetchAll();
    await client.close();
    expect(names()).toEqual(['SELECT', 'closeSession']);
    expect(telemetry.statements()[0]?.attributes).toMatchObject({
      [Tag.sessionId]: session.id,
      [Tag.retryCount]: 1,
    });
  });

  it('a second client that is connected already comes to whoever observes its class', async () => {
    const [first, second] = await Promise.all([
      connectClient(driver, connectOptions()),
      connectClient(driver, connectOptions()),
    ]);
    const sessions = await Promise.all([first.openSession(), second.openSession()]);
    telemetry.instrumentation.instrument(first);
    instrument(second);
    for (const session of sessions) {
      await (await session.executeStatement(sql({}))).fetchAll();
    }
    await Promise.all([first.close(), second.close()]);
    expect(telemetry.statements().map(({ attributes }) => attributes[Tag.sessionId])).toEqual(
      sessions.map(({ id }) => id),
    );
  });

  it('beside an instrumentation with module hooks there is still one set of spans', async () => {
    telemetry.instrumentation.enable();
    const client = instrument(newClient(driver));
    await client.connect(connectOptions());
    await client.close();
    expect(names()).toEqual(['connect']);
  });

  it('observes a class that extends the driver’s', async () => {
    class OwnClient extends driver.DBSQLClient {}
    const client = telemetry.instrumentation.instrument(new OwnClient({ logger: { log: () => undefined } }));
    await client.connect(connectOptions());
    await client.close();
    expect(names()).toEqual(['connect']);
  });

  it('is undone by disable()', async () => {
    const client = telemetry.instrumentation.instrument(newClient(driver));
    telemetry.instrumentation.disable();
    await client.connect(connectOptions());
    await client.close();
    expect(names()).toEqual([]);
  });

  it('warns once of what is no client, and lets it pass', () => {
    const noClient = { connect: 'not a method' };
    expect(telemetry.instrumentation.instrument(noClient)).toBe(noClient);
    telemetry.instrumentation.instrument({});
    expect(telemetry.warnings).toHaveLength(1);
    expect(telemetry.warnings[0]).toContain('not a client of @databricks/sql');
  });

  it.each([undefined, null, 7, 'client', {}])('says so of %j too, whichever way it was given', (noClient) => {
    expect(telemetry.instrumentation.instrument(noClient as object)).toBe(noClient);
    expect(instrument(noClient as object)).toBe(noClient);
    const line = expect.stringContaining('not a client of @databricks/sql');
    expect(telemetry.warnings).toEqual([line, line]);
  });

  it('enabled: false observes nothing; a bad option throws with its name', () => {
    const client = newClient(driver);
    expect(instrument(client, { enabled: false })).toBe(client);
    expect(() => instrument(client, { queryText: 'all' as 'raw' })).toThrow(/queryText/);
    expect(() => new DatabricksSqlInstrumentation({ enabled: 'no' as never })).toThrow(/enabled/);
  });
});
