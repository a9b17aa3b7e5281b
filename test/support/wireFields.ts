import { TAG_TABLE, type TagTable, type ValueRule, type WireValue } from '../../src/tags/index.js';

/** The rule of each wire field that the table lists, in the table's order. */
export function wireRules(table: TagTable = TAG_TABLE): ReadonlyMap<string, ValueRule> {
  return new Map([...table.statementTags, ...table.connectionTags].map(({ field, rule }) => [field, rule]));
}

const VALID: Record<string, WireValue> = {
  uuid: '33333333-3333-4333-8333-333333333333',
  digits: '4242',
  integer: 4242,
  boolean: true,
  version: '42.4.2',
  code: '42P01',
};
const PATTERNS = ['/sql/1.0/warehouses/42', 'de_AT', 'v20.20.2'];

/** A value that fits the rule. */
export function validValue(rule: ValueRule): WireValue {
  const candidates = [rule.values?.[0], VALID[rule.kind], ...PATTERNS];
  const value = candidates.find((candidate) => rule.check(candidate) !== undefined);
  if (value === undefined) {
    throw new Error(`the test knows no value of kind ${rule.kind}: ${rule.allowed}`);
  }
  return value;
}
