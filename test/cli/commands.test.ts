import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkInstrumentation } from '../../src/cli/checks/instrumentation.js';
import { checkNetwork } from '../../src/cli/checks/network.js';
import { checkNode } from '../../src/cli/checks/node.js';
import { checkDriver, checkOpenTelemetry } from '../../src/cli/checks/packages.js';
import { checkSettings } from '../../src/cli/checks/settings.js';
import { runCommand } from '../../src/cli/commands.js';
import { TAG_TABLE } from '../../src/tags/index.js';
import { VERSION } from '../../src/version.js';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

function run(...args: string[]) {
  return runWith({}, ...args);
}

async function runWith(environment: Readonly<Record<string, string>>, ...args: string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(args, {
    write: (line) => out.push(line),
    writeError: (line) => errors.push(line),
    environment,
    folder: REPOSITORY,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

/** A folder with these packages in it. */
function folderWith(packages: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'application-'));
  for (const [name, version] of Object.entries(packages)) {
    const path = join(folder, 'node_modules', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version }));
  }
  return folder;
}

describe('the command', () => {
  it('says what it can do', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const word of ['doctor', 'tags', 'inspect', '--connect', '--port', 'Exit code']) {
      expect(out).toContain(word);
    }
    expect(await run('--version')).toMatchObject({ code: 0, out: VERSION });
    expect((await run()).code).toBe(2);
  });

  it.each([
    [['cure'], /no command 'cure'/],
    [['constructor'], /no command 'constructor'/],
    [['tags', '--connect'], /'tags' takes no --connect/],
    [['doctor', 'a', 'b'], /one argument at most/],
    [['tags', 'a'], /takes no argument/],
    [['inspect'], /needs the name of a file/],
    [['inspect', 'a', '--port', '70000'], /--port must be an integer/],
    [['doctor', '--nonsense'], /nonsense/],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, errors } = await run(...args);
    expect(errors).toMatch(message);
    expect(code).toBe(2);
  });

  it('says which file can not be inspected', async () => {
    const { code, errors } = await run('inspect', '/nonexistent/copy.jsonl');
    expect(errors).toContain('/nonexistent/copy.jsonl');
    expect(code).toBe(1);
  });

  it.each([
    ['an empty file', ''],
    ['a file of something else', '{"a":1}\nhello\n'],
  ])('says that there is no request in %s, and serves no page', async (_name, text) => {
    const path = join(folderWith({}), 'copy.jsonl');
    writeFileSync(path, text);
    const { code, out, errors } = await run('inspect', path);
    expect(errors).toMatch(`there is no request in ${path}.`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  it('says which folder is missing', async () => {
    const { code, out, errors } = await run('doctor', '/nonexistent/application');
    expect(errors).toBe('opentelemetry-databricks-sql: there is no folder /nonexistent/application');
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  it('lists every tag, for people and as JSON', async () => {
    const { out } = await run('tags');
    for (const { name } of TAG_TABLE.rows) {
      expect(out).toContain(name);
    }
    const rows = JSON.parse((await run('tags', '--json')).out) as Array<{ name: string }>;
    expect(rows.map(({ name }) => name)).toEqual(TAG_TABLE.rows.map(({ name }) => name));
  });
});

describe('the doctor', () => {
  it.each([
    ['v20.18.1', 'ok'],
    ['v24.0.0', 'ok'],
    ['v20.18.0', 'fail'],
    ['v18.20.4', 'fail'],
  ])('finds Node.js %s %s', (version, level) => {
    expect(checkNode(version)[0]?.level).toBe(level);
  });

  it('finds the driver, and tells a version that can not be observed', () => {
    expect(checkDriver(REPOSITORY)[0]).toMatchObject({ level: 'ok' });
    expect(checkDriver(folderWith({}))[0]).toMatchObject({ level: 'fail', text: /not installed/ });
    expect(checkDriver(folderWith({ '@databricks/sql': '1.15.0' }))[0]).toMatchObject({ level: 'fail' });
    expect(checkDriver(folderWith({ '@databricks/sql': '1.16.0' }))[0]).toMatchObject({ level: 'ok' });
  });

  it('finds the copies of OpenTelemetry', () => {
    expect(checkOpenTelemetry(REPOSITORY).map(({ level }) => level)).toEqual(['ok', 'ok']);
    const other = folderWith({ '@opentelemetry/api': '1.4.0' });
    const [api, sdk] = checkOpenTelemetry(other);
    expect(api).toMatchObject({ level: 'warn' });
    expect(api?.text).toContain('1.4.0');
    expect(sdk).toMatchObject({ level: 'warn', text: 'not installed' });
  });

  it('takes copies of one version for what they are', () => {
    const [own] = checkOpenTelemetry(REPOSITORY);
    const [api] = checkOpenTelemetry(folderWith({ '@opentelemetry/api': String(own?.text) }));
    expect(api).toMatchObject({ level: 'ok', text: `${own?.text}, in 2 copies` });
  });

  it('does not try a driver that is not there or too old, and has exit code 1', async () => {
    const none = await run('doctor', folderWith({}));
    expect(none).toMatchObject({ code: 1, errors: '' });
    expect(none.out).toContain('FAIL  Driver              @databricks/sql is not installed');
    expect(none.out).not.toContain('Instrumentation');
    const old = await run('doctor', folderWith({ '@databricks/sql': '1.15.0' }));
    expect(old).toMatchObject({ code: 1 });
    expect(old.out).toContain("@databricks/sql 1.15.0 can't be observed");
    expect(old.out).not.toContain('Instrumentation');
  });

  it('says of a kill switch that it is set: a warning, and exit code 0 as far as that goes', async () => {
    const { out, code } = await runWith({ DATABRICKS_TELEMETRY_DISABLED: '1' }, 'doctor');
    expect(out).toContain('WARN  Records             not sent, by DATABRICKS_TELEMETRY_DISABLED');
    expect(code).toBe(/^FAIL/m.test(out) ? 1 : 0);
  });

  it('has exit code 1 where nobody listens at the endpoint', async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    const { out, code } = await runWith(environment, 'doctor', '--connect', '--host', '127.0.0.1');
    expect(out).toMatch(/FAIL {2}Your backend {8}http:\/\/127\.0\.0\.1:1: ECONNREFUSED/);
    expect(code).toBe(1);
  });

  it('says what decides about records', () => {
    expect(checkSettings({})[0]).toMatchObject({ level: 'ok' });
    expect(checkSettings({ DATABRICKS_TELEMETRY_DISABLED: 'true' })[0]).toMatchObject({ level: 'warn' });
    expect(checkSettings({ DATABRICKS_OTEL_ENABLE_TELEMETRY: 'false' })[0]).toMatchObject({ level: 'warn' });
  });

  it('says that it did not look where this package is not built, and how it is loaded', async () => {
    const [probe, setUp] = await checkInstrumentation(REPOSITORY, {}, undefined);
    expect(probe).toMatchObject({ level: 'warn', text: /is not built/ });
    expect(setUp).toMatchObject({ level: 'info', text: /NODE_OPTIONS does not load/ });
  });

  it('fails where the driver can not be loaded', async () => {
    const register = join(folderWith({}), 'register.js');
    writeFileSync(register, '');
    const [probe] = await checkInstrumentation(folderWith({}), {}, register);
    expect(probe).toMatchObject({ level: 'fail' });
    const [unobserved] = await checkInstrumentation(REPOSITORY, {}, register);
    expect(unobserved).toMatchObject({ level: 'fail', text: /is not observed/ });
  });

  it('sees that something in NODE_OPTIONS loads the driver before the hook is in place', async () => {
    const folder = folderWith({ '@databricks/sql': '1.17.0', 'opentelemetry-databricks-sql': '0.1.0' });
    const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
    // A driver that is observed if it is loaded after `register`.
    write('node_modules/opentelemetry-databricks-sql/register.js', 'globalThis.isRegistered = true');
    write(
      'node_modules/@databricks/sql/index.js',
      `exports.DBSQLClient = class { connect() {} };
      if (globalThis.isRegistered) {
        const { connect } = exports.DBSQLClient.prototype;
        connect[Symbol.for('opentelemetry-databricks-sql/observer/v1')] = true;
      }`,
    );
    write('early.cjs', "require('@databricks/sql'); console.log('early')");
    const register = '--require opentelemetry-databricks-sql/register.js';
    const check = async (options: string) => {
      const [probe, setUp] = await checkInstrumentation(folder, { ...process.env, NODE_OPTIONS: options });
      expect(setUp).toMatchObject({ level: 'ok', text: /^NODE_OPTIONS loads/ });
      return probe;
    };
    expect(await check(`--require ./early.cjs ${register}`)).toMatchObject({
      level: 'fail',
      text: /is not observed/,
      advice: /must come first/,
    });
    expect(await check(`${register} --require ./early.cjs`)).toMatchObject({ level: 'ok' });
    write(
      'node_modules/opentelemetry-databricks-sql/register.js',
      "console.error('opentelemetry-databricks-sql nothing is observed: no SDK')",
    );
    expect(await check(register)).toMatchObject({ level: 'fail', advice: /nothing is observed: no SDK/ });
    expect(await check(`--require ./gone.cjs ${register}`)).toMatchObject({
      level: 'fail',
      text: /could not be loaded: Error: Cannot find module/,
    });
  });

  describe('and the network', () => {
    const server = createServer();
    let port = 0;

    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as { port: number }).port;
    });

    afterAll(() => new Promise((resolve) => server.close(resolve)));

    it('is not used unless asked for', async () => {
      let connections = 0;
      server.on('connection', () => connections++);
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
      const found = await checkNetwork(environment, { connect: false, host: '127.0.0.1' });
      expect(found.map(({ level }) => level)).toEqual(['info', 'info']);
      expect(connections).toBe(0);
    });

    it.each([
      ['a.example', 'a.example'],
      ['a.example:8443', 'a.example:8443'],
      ['https://a.example', 'a.example'],
      ['HTTPS://a.example:8443/?o=1', 'a.example:8443'],
      ['::1', '[::1]'],
    ])('takes %s as a workspace’s host', async (host, shown) => {
      const found = await checkNetwork({}, { connect: false, host });
      expect(found[1]).toMatchObject({ level: 'info', text: `${shown}, not tried: see --connect` });
    });

    it('connects to the port that --host names', async () => {
      const connected = new Promise((resolve) =>
        server.once('connection', (socket) => resolve(socket.destroy())),
      );
      const found = await checkNetwork({}, { connect: true, host: `127.0.0.1:${port}` });
      await connected;
      expect(found[1]?.text).toContain(`127.0.0.1:${port}: `);
    });

    it.each(['http://a.example', 'a b', 'me:dapi0@a.example', 'a.example:99999'])(
      'says what --host wants instead of %s, and shows no secret',
      async (host) => {
        const [, found] = await checkNetwork({}, { connect: true, host });
        expect(found).toEqual({
          level: 'fail',
          name: 'Workspace',
          text: '--host is no host name',
          advice: 'Give host, host:port or https://host.',
        });
      },
    );

    it('tells an endpoint that answers from one that does not', async () => {
      const check = async (endpoint: string) =>
        (
          await checkNetwork({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, { connect: true, host: undefined })
        )[0];
      expect(await check(`http://127.0.0.1:${port}`)).toMatchObject({ level: 'ok' });
      expect(await check('http://127.0.0.1:1')).toMatchObject({ level: 'fail', text: /ECONNREFUSED/ });
      expect(await check('127.0.0.1:4318')).toMatchObject({ level: 'fail', text: /no http or https URL/ });
    });

    it('shows no password of an endpoint', async () => {
      const found = await checkNetwork(
        { OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:s3cr3t@127.0.0.1:${port}/x?key=s3cr3t` },
        { connect: true, host: undefined },
      );
      expect(JSON.stringify(found)).not.toContain('s3cr3t');
    });
  });
});
