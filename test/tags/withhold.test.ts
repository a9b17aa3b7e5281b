import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/nearestName.js';
import { NameSet, TAG_TABLE, withholdOption } from '../../src/tags/index.js';

describe('withholdOption', () => {
  it('takes every name of the table, and names that a wildcard stands for', () => {
    const names = [...TAG_TABLE.rows.map(({ name }) => name), 'exception.message', 'db.query.parameter.0'];

    expect(withholdOption(names)).toEqual(names);
    expect(withholdOption([])).toEqual([]);
    expect(withholdOption(undefined)).toEqual([]);
  });

  it('keeps a list of its own', () => {
    const given = ['databricks.http.path'];
    const kept = withholdOption(given);
    given[0] = 'os.type';

    expect(kept).toEqual(['databricks.http.path']);
  });

  it.each([
    [
      ['databricks.http.paht'],
      /^option 'withhold': 'databricks\.http\.paht' is not in the table .* Did you mean 'databricks\.http\.path'\?$/,
    ],
    [['db.query.txt'], /Did you mean 'db\.query\.text'\?$/],
    [['workspace_id_of_us'], /'workspace_id_of_us' is not in the table of tags \(docs\/tags\.md\)\.$/],
    [['toString'], /'toString' is not in the table/],
    [['my secret value'], /^option 'withhold': a name is not in the table of tags \(docs\/tags\.md\)\.$/],
    [['x'.repeat(65)], /^option 'withhold': a name is not/],
    [[''], /^option 'withhold': a name is not/],
    [['exception'], /'exception' is not in the table/],
    ['databricks.http.path', /option 'withhold' is a string; allowed is a list of names of tags/],
    [{}, /option 'withhold' is a object|option 'withhold' is an object/],
    [null, /option 'withhold' is null/],
    [[1], /option 'withhold' is a list; allowed is a list of names of tags, each a string/],
    // A hole is no name.
    [new Array(1), /each a string/],
  ])('refuses %j', (value, message) => {
    expect(() => withholdOption(value)).toThrow(TypeError);
    expect(() => withholdOption(value)).toThrow(message);
  });
});

describe('NameSet', () => {
  it('has its names, and what begins as its wildcards do', () => {
    const names = new NameSet(['a.b', 'c.*']);

    expect(['a.b', 'c.', 'c.d', 'c.d.e'].every((name) => names.has(name))).toBe(true);
    expect(['a', 'a.b.c', 'c', 'xc.d', ''].some((name) => names.has(name))).toBe(false);
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
