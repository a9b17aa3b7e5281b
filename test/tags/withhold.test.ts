import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/nearestName.js';
import { NameSet, TAG_TABLE, withholdOption } from '../../src/tags/index.js';

describe('withholdOption', () => {
  it('takes every name of the table, and names that a wildcard stands for', () => {
    const names = [...TAG_TABLE.rows.map(({ name }) => name), 'exception.message', 'db.query.parameter.0'];

    expect(withholdOption('Here', names)).toEqual(names);
    expect(withholdOption('Here', [])).toEqual([]);
    expect(withholdOption('Here', undefined)).toEqual([]);
  });

  it('keeps a list of its own', () => {
    const given = ['databricks.http.path'];
    const kept = withholdOption('Here', given);
    given[0] = 'os.type';

    expect(kept).toEqual(['databricks.http.path']);
  });

  it.each([
    [
      ['os.type', 'databricks.http.paht'],
      /^Here: option 'withhold' has 'databricks\.http\.paht', which is not in the table of tags\. Did you mean 'databricks\.http\.path'\?$/,
    ],
    [['db.query.txt'], /Did you mean 'db\.query\.text'\?$/],
    [['workspace_of_us'], /has 'workspace_of_us', which is not in the table of tags$/],
    [['toString'], /has 'toString', which is not/],
    [['exception'], /has 'exception', which is not/],
    [['my secret value'], /^Here: option 'withhold' has a name that is not in the table of tags$/],
    [['dapi0123456789abcdef'], /has a name that is not in the table of tags$/],
    [['x'.repeat(64)], /has 'x{64}', which/],
    [['x'.repeat(65)], /has a name that/],
    [['abc123'], /has 'abc123', which/],
    [['abc1234'], /has a name that/],
    [[''], /has a name that/],
    ['databricks.http.path', /^Here: option 'withhold' is no list; allowed is a list of names of tags$/],
    [{}, /is no list/],
    [null, /is no list/],
    [[1], /^Here: option 'withhold' has a member that is no string; allowed is a list of names of tags$/],
    // A hole is no name.
    [new Array(1), /has a member that is no string/],
  ])('refuses %j', (value, message) => {
    expect(() => withholdOption('Here', value)).toThrow(TypeError);
    expect(() => withholdOption('Here', value)).toThrow(message);
  });
});

describe('NameSet', () => {
  it('has its names, and what begins as its wildcards do', () => {
    const names = new NameSet(['a.b', 'c.*']);

    expect(['a.b', 'c.', 'c.d', 'c.d.e'].every((name) => names.has(name))).toBe(true);
    expect(['a', 'a.b.c', 'c', 'xc.d', ''].some((name) => names.has(name))).toBe(false);
  });

  it.each([
    ['names', ['a.b', 'e']],
    ['a wildcard beside them', ['a.b', 'e', 'c.*']],
    ['nothing', []],
  ])('finds one of its names among few attributes and among many: %s', (_, listed) => {
    const names = new NameSet(listed);

    for (const attributes of [{}, { 'a.b': 1 }, { x: 1, 'a.b': null }, { x: 1, 'c.d': '' }, { x: 1 }]) {
      const expected = Object.keys(attributes).some((name) => names.has(name));
      expect(names.isInFew(attributes)).toBe(expected);
      expect(names.isInMany(attributes)).toBe(expected);
    }
  });
});

describe('nearestName', () => {
  it('is the one with the fewest differences', () => {
    expect(nearestName('batchsize', ['maxBatch', 'batchSize', 'batchSizes'])).toBe('batchSize');
    expect(nearestName('ab', ['abcd', 'abc'])).toBe('abc');
    expect(nearestName('batchh', ['btch', 'batch', 'bath'])).toBe('batch');
    expect(nearestName('same', ['name', 'same'])).toBe('same');
  });

  it('is the first of equals', () => {
    expect(nearestName('cat', ['bat', 'hat'])).toBe('bat');
  });

  it('is none if all are far, the list is empty or the name is absurdly long', () => {
    expect(nearestName('proxy', ['withhold'])).toBeUndefined();
    expect(nearestName('abcde', ['abxyz'])).toBeUndefined();
    expect(nearestName('abcde', ['abcxy'])).toBe('abcxy');
    expect(nearestName('a', [])).toBeUndefined();
    expect(nearestName('a'.repeat(101), ['a'.repeat(101)])).toBeUndefined();
    expect(nearestName('a'.repeat(100), ['a'.repeat(100)])).toBe('a'.repeat(100));
  });
});
