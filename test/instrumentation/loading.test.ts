import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient, type DriverVersion, loadDriver } from '../support/drivers.js';
import { type LocalDatabricks, sql, startLocalDatabricks } from '../support/local-databricks/index.js';
import { startTelemetry, type Telemetry } from '../support/telemetry.js';

// No driver may be loaded in this process before the instrumentation is there: the first test is about that.
describe.sequential('several versions of the driver in one process', { sequential: true }, () => {
  let server: LocalDatabricks;
  let telemetry: Telemetry;

  beforeAll(async () => {
    server = await startLocalDatabricks();
    telemetry = startTelemetry();
  });
  afterAll(async () => {
    await telemetry.stop();
    await server.close();
  });

  async function versionsSeen(): Promise<unknown[]> {
    telemetry.clear();
    for (const version of ['2.1', '1.17', '1.16'] satisfies DriverVersion[]) {
      const options = server.connectOptions({ checkServerCertificate: false });
      const client = await connectClient(loadDriver(version), options);
      const session = await client.openSession();
      await (await session.executeStatement(sql({ format: 'cloudfetch' }))).fetchAll();
      await client.close();
    }
    expect(telemetry.statements()).toHaveLength(3);
    expect(telemetry.ended.filter(({ name }) => name === 'download')).toHaveLength(6);
    return telemetry.operations().flatMap(({ attributes }) => attributes['databricks.driver.version'] ?? []);
  }

  it('are observed as they are loaded, each as what it is; and again when they are in the module cache', async () => {
    const versions = ['2.1.0', '1.17.0', '1.16.0'];
    expect(await versionsSeen()).toEqual(versions);
    telemetry.instrumentation.disable();
    await expect(versionsSeen()).rejects.toThrow('length of 3 but got +0');
    telemetry.instrumentation.enable();
    expect(await versionsSeen()).toEqual(versions);
    expect(telemetry.warnings).toEqual([]);
  });
});
