import { context, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  DatabricksSqlInstrumentationConfig,
  RequestInfo,
  ResponseInfo,
} from '../../src/instrumentation/instrumentationConfig.js';
import type { ExportLocalOptions } from '../../src/processor/exportLocal.js';
import { withoutDatabricksTelemetry, withoutQueryText } from '../../src/scopedSwitches.js';
import { type Scenario, sql } from '../support/local-databricks/index.js';
import { type LocalSetUp, setUpLocal } from './setUp.js';

const open: LocalSetUp[] = [];

async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((local) => local.close()));
}

afterEach(closeAll);

async function start(config: DatabricksSqlInstrumentationConfig = {}, options: ExportLocalOptions = {}) {
  const local = await setUpLocal(config, options);
  open.push(local);
  const client = await local.connect();
  const session = await client.openSession();
  const read = async (text: string, scenario: Scenario = {}, statementOptions = {}): Promise<void> => {
    const operation = await session.executeStatement(sql(scenario, text), statementOptions);
    await operation.fetchAll();
  };
  const statements = (): readonly ReadableSpan[] =>
    local.spans().filter((span) => span.attributes['databricks.operation.type'] === 'EXECUTE_STATEMENT');
  return { local, client, session, read, statements };
}

describe('the switches for one call', () => {
  it.each([
    ['withoutDatabricksTelemetry', withoutDatabricksTelemetry],
    ['withoutQueryText', withoutQueryText],
  ])('%s: what is no function is a clear error, since its statements have begun', (name, switchOff) => {
    const error = `${name}: the argument is a Promise; allowed is a function. The call is: ${name}(() => session.executeStatement(…))`;
    expect(() => switchOff(Promise.resolve() as never)).toThrow(new TypeError(error));
    expect(() => switchOff(undefined as never)).toThrow(`${name}: the argument is undefined; allowed`);
  });
});

describe('query text', () => {
  const TEXT = "SELECT 'secret'";

  it.each<readonly [DatabricksSqlInstrumentationConfig, unknown]>([
    [{ queryText: 'off' }, undefined],
    [{}, 'SELECT ?'],
    [{ queryText: 'raw' }, expect.stringContaining(TEXT)],
    [{ queryTextMaxLength: 6 }, 'SELECT'],
    [{ sanitizer: () => 'mine' }, 'mine'],
    [{ sanitizer: () => 'longer than five', queryTextMaxLength: 5 }, expect.stringMatching(/^long/)],
    [
      {
        sanitizer: (): string => {
          throw new Error('no');
        },
      },
      undefined,
    ],
    [{ sanitizer: (() => 42) as unknown as () => string }, undefined],
  ])('%o', async (config, expected) => {
    const { read, statements } = await start(config);
    await read(TEXT);

    expect(statements()[0]?.attributes['db.query.text']).toEqual(expected);
    expect(statements()[0]?.attributes['db.query.summary']).toBe('SELECT');
  });

  it('can be left out of one call', async () => {
    const { read, statements } = await start();
    await withoutQueryText(() => read(TEXT));
    await read(TEXT);

    expect(statements().map((span) => span.attributes['db.query.text'])).toEqual([undefined, 'SELECT ?']);
  });

  it('the number of rows is recorded on spans only if asked for', async () => {
    const silent = await start({ recordReturnedRows: false });
    await silent.read('SELECT 1');
    expect(silent.statements()[0]?.attributes).not.toHaveProperty('db.response.returned_rows');

    await closeAll();
    const telling = await start({ recordReturnedRows: true });
    await telling.read('SELECT 1');
    expect(telling.statements()[0]?.attributes).toHaveProperty('db.response.returned_rows');
  });

  it('values of parameters are recorded only if asked for', async () => {
    const parameters = { namedParameters: { id: 7, name: 'x'.repeat(5_000) } };
    const silent = await start();
    await silent.read('SELECT :id', {}, parameters);
    expect(
      Object.keys(silent.statements()[0]?.attributes ?? {}).filter((name) => name.includes('parameter')),
    ).toEqual([]);

    await closeAll();
    const telling = await start({ recordQueryParameters: true });
    await telling.read('SELECT :id', {}, parameters);
    await telling.read('SELECT ?', {}, { ordinalParameters: ['a'] });
    expect(telling.statements()[0]?.attributes).toMatchObject({
      'db.query.parameter.id': '7',
      'db.query.parameter.name': 'x'.repeat(1_024),
    });
    expect(telling.statements()[1]?.attributes['db.query.parameter.0']).toBe('a');
  });
});

describe('hooks', () => {
  it('requestHook and responseHook see every operation and may add to its span', async () => {
    const requests: RequestInfo[] = [];
    const responses: ResponseInfo[] = [];
    const { local, client, session, read, statements } = await start({
      requestHook: (span, request) => {
        span.setAttribute('my.request', request.operation);
        requests.push(request);
      },
      responseHook: (span, response) => {
        span.setAttribute('my.rows', response.returnedRows ?? -1);
        responses.push(response);
      },
    });
    await read('SELECT 1', { rowsPerPage: 4 });
    await read('SELECT 2', { outcome: { state: 'ERROR', sqlState: '42P01' } }).catch(() => undefined);
    await session.close();
    await client.close();

    const operations = ['connect', 'openSession', 'executeStatement', 'executeStatement', 'closeSession'];
    expect(requests.map((request) => request.operation)).toEqual(operations);
    expect(responses.map((response) => response.operation)).toEqual(operations);
    expect(requests[2]?.statement).toMatch(/^SELECT 1/);
    expect(responses[2]).toMatchObject({ returnedRows: 4, statementId: local.db.truth.statements[0]?.id });
    expect(responses[3]?.error).toMatchObject({ errorCode: 'ERROR' });
    expect(statements()[0]?.attributes).toMatchObject({ 'my.request': 'executeStatement', 'my.rows': 4 });
  });

  it('that throw change nothing', async () => {
    const fail = (): never => {
      throw new Error('hook');
    };
    const { read, statements } = await start({ requestHook: fail, responseHook: fail });
    await read('SELECT 1');

    expect(statements()).toHaveLength(1);
    expect(statements()[0]?.ended).toBe(true);
  });
});

describe('spans', () => {
  it('requireParentSpan makes spans only below another', async () => {
    const { local, read } = await start({ requireParentSpan: true });
    await read('SELECT 1');
    expect(local.spans()).toEqual([]);

    await trace.getTracer('app').startActiveSpan('request', async (span: Span) => {
      await read('SELECT 2');
      span.end();
    });
    expect(local.spans().map((span) => span.name)).toEqual(['SELECT', 'request']);
  });

  it('the statement’s span is active while the driver works, and inner spans never are', async () => {
    const seen: Array<string | undefined> = [];
    const { read, statements, local } = await start({}, { detail: 'operations' });
    const original = local.driver.DBSQLClient.prototype;
    const driver = Object.getOwnPropertyDescriptor(original, 'getDriver')?.value as () => Promise<unknown>;
    Object.defineProperty(original, 'getDriver', {
      configurable: true,
      writable: true,
      value(this: unknown) {
        seen.push(trace.getSpan(context.active())?.spanContext().spanId);
        return driver.call(this);
      },
    });
    try {
      await read('SELECT 1', { directResults: false, polls: 1, pages: 2 });
    } finally {
      Object.defineProperty(original, 'getDriver', { configurable: true, writable: true, value: driver });
    }

    const statement = statements()[0]?.spanContext().spanId;
    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(seen)).toEqual(new Set([statement]));
  });

  it.each([
    [true, true],
    [false, false],
  ])(
    'suppressNestedSpans: %s suppresses tracing of what the driver sends: %s',
    async (suppressNestedSpans, expected) => {
      const seen = new Set<boolean>();
      const { read, local, statements } = await start({ suppressNestedSpans }, { detail: 'operations' });
      const prototype = local.driver.DBSQLClient.prototype as unknown as {
        getDriver: () => Promise<unknown>;
      };
      const driver = prototype.getDriver;
      prototype.getDriver = function getDriver() {
        seen.add(isTracingSuppressed(context.active()));
        return driver.call(this);
      };
      try {
        await read('SELECT 1', { format: 'cloudfetch' });
      } finally {
        prototype.getDriver = driver;
      }

      expect([...seen]).toEqual([expected]);
      // Our own inner spans are not suppressed.
      expect(statements()).toHaveLength(1);
      expect(local.spans().filter((span) => span.name === 'download')).toHaveLength(2);
    },
  );

  it('detail: one span per statement, or the inner ones below it', async () => {
    const scenario: Scenario = { directResults: false, polls: 1, format: 'cloudfetch' };
    const brief = await start();
    await brief.read('SELECT 1', scenario);
    expect(brief.local.spans().every((span) => span.kind === SpanKind.CLIENT)).toBe(true);

    await closeAll();
    const full = await start({}, { detail: 'operations' });
    await full.read('SELECT 1', scenario);
    const parent = full.statements()[0]?.spanContext().spanId;
    const inner = full.local.spans().filter((span) => span.kind === SpanKind.INTERNAL);
    expect(inner.map((span) => span.name).sort()).toEqual(['download', 'download', 'execute', 'wait']);
    expect(new Set(inner.map((span) => span.parentSpanContext?.spanId))).toEqual(new Set([parent]));
  });

  it('a statement that is fetched under another trace keeps its own, and links to the one that fetches', async () => {
    const { local, session, statements } = await start();
    const tracer = trace.getTracer('app');
    const executing = tracer.startSpan('executing', {}, ROOT_CONTEXT);
    const operation = await context.with(trace.setSpan(ROOT_CONTEXT, executing), () =>
      session.executeStatement(sql({ pages: 2 })),
    );
    const fetching = tracer.startSpan('fetching', {}, ROOT_CONTEXT);
    await context.with(trace.setSpan(ROOT_CONTEXT, fetching), () => operation.fetchAll());

    const statement = statements()[0];
    expect(statement?.spanContext().traceId).toBe(executing.spanContext().traceId);
    expect(statement?.links.map((link) => link.context)).toEqual([fetching.spanContext()]);
    expect(local.spans().filter((span) => span.name === 'fetching')).toEqual([]);
  });

  it('a statement that is fetched where it was executed has no link', async () => {
    const { read, statements } = await start();
    await trace.getTracer('app').startActiveSpan('request', async (span: Span) => {
      await read('SELECT 1');
      span.end();
    });

    expect(statements()[0]?.links).toEqual([]);
  });
});

describe('traceparentQueryTag', () => {
  it('is off by default: nothing is added to what is sent to the warehouse', async () => {
    const { local, read } = await start();
    await read('SELECT 1');

    expect(local.db.truth.statements[0]?.queryTags).toBeUndefined();
  });

  it('sends nothing of a statement that has no span', async () => {
    const { local, read } = await start({ traceparentQueryTag: true, requireParentSpan: true });
    await read('SELECT 1');

    expect(local.db.truth.statements[0]?.queryTags).toBeUndefined();
  });

  it('sends the ids of the statement’s span, beside the user’s own tags', async () => {
    const { local, read, statements } = await start({ traceparentQueryTag: true });
    const options = { queryTags: { team: 'sales' } };
    await read('SELECT 1', {}, options);

    const ids = statements()[0]?.spanContext();
    expect(local.db.truth.statements[0]?.queryTags?.split(',').sort()).toEqual(
      [`trace_id:${ids?.traceId}`, `span_id:${ids?.spanId}`, 'team:sales'].sort(),
    );
    expect(options).toEqual({ queryTags: { team: 'sales' } });
  });
});
