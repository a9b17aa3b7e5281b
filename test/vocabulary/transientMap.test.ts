import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type TransientEntry, TransientMap } from '../../src/transientMap.js';

class Entry implements TransientEntry {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('TransientMap', () => {
  it('holds what a Map holds, in the same order, whatever is added and removed', () => {
    const keys = fc.oneof(fc.nat(300).map(String), fc.constantFrom('', 'a', 'Aa', 'BB', '0'.repeat(16)));
    const steps = fc.array(fc.record({ key: keys, isAdded: fc.boolean() }), { maxLength: 1_000 });
    fc.assert(
      fc.property(steps, (all) => {
        const map = new TransientMap<Entry>();
        const model = new Map<string, Entry>();
        for (const { key, isAdded } of all) {
          const entry = model.get(key);
          expect(map.get(key)).toBe(entry);
          if (entry !== undefined && !isAdded) {
            map.remove(entry);
            model.delete(key);
          } else if (entry === undefined && isAdded) {
            const added = new Entry(key);
            map.add(added);
            model.set(key, added);
          }
          expect(map.size).toBe(model.size);
          expect(map.oldest).toBe(model.values().next().value);
        }
        expect(drained(map)).toEqual([...model.keys()]);
      }),
    );
  });

  it('finds each of ten thousand, and none that has gone', () => {
    const map = new TransientMap<Entry>();
    const entries = Array.from(
      { length: 10_000 },
      (_, index) => new Entry(index.toString(16).padStart(16, '0')),
    );
    for (const entry of entries) {
      map.add(entry);
    }
    for (const [index, entry] of entries.entries()) {
      if (index % 3 === 0) {
        map.remove(entry);
      }
    }
    for (const [index, entry] of entries.entries()) {
      expect(map.get(entry.key)).toBe(index % 3 === 0 ? undefined : entry);
    }
  });

  it('leaves what was never there, or is no longer there, alone', () => {
    const map = new TransientMap<Entry>();
    const [one, two, stranger] = [new Entry('1'), new Entry('2'), new Entry('1')];
    map.add(one);
    map.add(two);
    map.remove(stranger);
    map.remove(one);
    map.remove(one);

    expect(map.size).toBe(1);
    expect(drained(map)).toEqual(['2']);
  });

  it('makes its Map anew now and then, so that old tables lead to nothing, and loses nothing by it', () => {
    let made = 0;
    vi.stubGlobal(
      'Map',
      class<Key, Value> extends Map<Key, Value> {
        constructor(entries?: Iterable<readonly [Key, Value]>) {
          super(entries);
          made++;
        }
      },
    );
    const map = new TransientMap<Entry>();
    const stays = Array.from({ length: 10 }, (_, index) => new Entry(`stays ${index}`));
    for (const entry of stays) {
      map.add(entry);
    }
    for (let index = 0; index < 10_000; index++) {
      const entry = new Entry(String(index));
      map.add(entry);
      map.add(new Entry(`after ${index}`));
      expect(map.get(entry.key)).toBe(entry);
      map.remove(entry);
      map.remove(map.newest ?? entry);
    }
    expect(made).toBeGreaterThan(5);
    expect(made).toBeLessThan(20);
    expect(drained(map)).toEqual(stays.map(({ key }) => key));
  });

  it('knows the newest as long as it is there', () => {
    const map = new TransientMap<Entry>();
    const [one, two] = [new Entry('1'), new Entry('2')];
    map.add(one);
    map.add(two);
    expect(map.newest).toBe(two);
    map.remove(two);
    expect([map.newest, map.oldest, map.size]).toEqual([undefined, one, 1]);
  });
});

/** Empties it. @returns the keys, oldest first */
function drained(map: TransientMap<Entry>): string[] {
  const keys: string[] = [];
  for (let { oldest } = map; oldest !== undefined; oldest = map.oldest) {
    keys.push(oldest.key);
    map.remove(oldest);
  }
  return keys;
}
