import { describe, expect, it } from 'vitest';
import { tagLines, textsOnRequest } from '../../src/inspector/tagLines.js';

const NO_RULES = { withheld: new Set<string>(), localRule: () => undefined };
const SENT = new Map([
  ['session_id', '0d7a4a50-7c1a-4f3e-9c0a-5f0f3f0f3f0f'],
  ['frontend_log_event_id', 'f'],
]);

function ruleOf(
  tag: string,
  value: unknown,
  fields: ReadonlyMap<string, string> | undefined,
  withheld: string[] = [],
) {
  const lines = tagLines(
    { [tag]: value },
    { fields, wasSent: true },
    { ...NO_RULES, withheld: new Set(withheld) },
  );
  return lines.find((line) => line.tag === tag)?.rule;
}

describe('what went where', () => {
  it.each([
    ['sent', 'databricks.session.id', SENT.get('session_id'), SENT, []],
    ['local', 'db.query.summary', 'SELECT t', SENT, []],
    ['local', 'db.query.parameter.name', 'jane', SENT, []],
    ['unknown', 'app.customer', 'jane', SENT, []],
    ['invalid', 'databricks.statement.id', 'not an id', SENT, []],
    [
      'withheld',
      'databricks.statement.id',
      '0d7a4a50-7c1a-4f3e-9c0a-5f0f3f0f3f0f',
      SENT,
      ['databricks.statement.id'],
    ],
    ['not_in_record', 'databricks.statement.id', '0d7a4a50-7c1a-4f3e-9c0a-5f0f3f0f3f0f', SENT, []],
    ['no_record', 'databricks.session.id', SENT.get('session_id'), undefined, []],
  ] as const)('says of a tag that it is %s', (rule, tag, value, fields, withheld) => {
    expect(ruleOf(tag, value, fields, [...withheld])).toBe(rule);
  });

  it('says of a record that was not sent that its fields are recorded', () => {
    const [line] = tagLines({}, { fields: SENT, wasSent: false }, NO_RULES);
    expect(line).toMatchObject({ tag: 'databricks.session.id', local: undefined, rule: 'recorded' });
  });

  it('shows what no tag fills, and marks what nobody can account for', () => {
    const fields = new Map([...SENT, ['surprise', '1']]);
    const lines = tagLines({}, { fields, wasSent: true }, NO_RULES);
    expect(lines.filter(({ tag }) => tag === undefined).map(({ field, scope }) => [field, scope])).toEqual([
      ['frontend_log_event_id', 'record'],
      ['surprise', 'unknown'],
    ]);
  });

  it('shows tags of the connection’s handle on the side of Databricks alone, and says that they are on no span', () => {
    const handleTags = {
      'os.type': 'linux',
      'host.arch': 'pdp11',
      'databricks.locale': 'en_US',
      'databricks.mode': 'SEA',
      'app.customer': 'jane',
    };
    const fields = new Map([
      ['system_configuration.os_name', 'linux'],
      ['driver_connection_params.mode', 'THRIFT'],
    ]);
    const lines = tagLines(
      { 'databricks.mode': 'THRIFT' },
      { fields, wasSent: true },
      { withheld: new Set(['databricks.locale']), localRule: () => undefined },
      handleTags,
    );
    const shown = lines.map(({ tag, local, localRule, databricks, rule }) => [
      tag,
      local,
      localRule,
      databricks,
      rule,
    ]);
    expect(shown).toEqual([
      ['app.customer', undefined, 'not_on_span', undefined, 'unknown'],
      ['databricks.mode', 'THRIFT', undefined, 'THRIFT', 'sent'],
      ['os.type', undefined, 'not_on_span', 'linux', 'sent'],
      ['host.arch', undefined, 'not_on_span', undefined, 'invalid'],
      ['databricks.locale', undefined, 'not_on_span', undefined, 'withheld'],
    ]);
  });

  it('has no query text and no parameters but on request', () => {
    const attributes = {
      'db.query.text': 'SELECT 1',
      'db.query.parameter.0': 'jane',
      'db.query.summary': 's',
    };
    const lines = tagLines(attributes, { fields: undefined, wasSent: false }, NO_RULES);
    expect(JSON.stringify(lines)).not.toMatch(/SELECT 1|jane/);
    expect(lines.filter(({ hidden }) => hidden).map(({ tag }) => tag)).toEqual([
      'db.query.text',
      'db.query.parameter.0',
    ]);
    expect(textsOnRequest(attributes)).toEqual({
      'db.query.text': 'SELECT 1',
      'db.query.parameter.0': 'jane',
    });
  });

  it('shows values of any type, long ones in part', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const lines = tagLines(
      { a: ['x', 1], b: null, c: { d: 1 }, e: 'x'.repeat(100_000), f: circular, g: 10n, h: undefined },
      { fields: undefined, wasSent: false },
      NO_RULES,
    );
    const shown = Object.fromEntries(lines.map(({ tag, local }) => [tag, local]));
    expect(shown).toMatchObject({ a: '["x",1]', b: 'null', c: '{"d":1}', g: '10' });
    expect(shown['e']).toHaveLength(2_000 + '… (98000 more characters)'.length);
    expect(shown['f']).toContain('can’t be shown');
    expect(shown).not.toHaveProperty('h');
  });
});
