/** Powers of two, so that a hash is brought into range by its last bits. */
const FIRST_BUCKETS = 64;
/** The last characters of a key that its hash is made of: ids of spans are random. */
const HASHED_CHARACTERS = 8;

/** What a `TransientMap` holds; all but the key is the map's own business. */
export abstract class TransientEntry {
  readonly key: string;
  older: this | undefined = undefined;
  newer: this | undefined = undefined;
  nextInBucket: this | undefined = undefined;
  isInBucket = false;
  hash = 0;

  constructor(key: string) {
    this.key = key;
  }
}

/**
 * What a Map does, for entries that come and go all the time, oldest first. A Map makes a new table whenever
 * enough of them have gone, the old tables lead to the new ones, and once one of them has outlived a few
 * collections of garbage so does, until a full one, all that came after it: spans that are long over then
 * cost more than all else that is done for them. Here nothing that has gone leads anywhere.
 *
 * The newest is in no bucket until another one comes: where one statement follows the other, none ever is.
 */
export class TransientMap<Entry extends TransientEntry> {
  #buckets = newBuckets<Entry>(FIRST_BUCKETS);
  #size = 0;
  #oldest: Entry | undefined = undefined;
  #newest: Entry | undefined = undefined;

  get size(): number {
    return this.#size;
  }

  get oldest(): Entry | undefined {
    return this.#oldest;
  }

  get newest(): Entry | undefined {
    return this.#newest;
  }

  get(key: string): Entry | undefined {
    const newest = this.#newest;
    if (newest === undefined || newest.key === key) {
      return newest;
    }
    if (this.#size === 1) {
      return undefined;
    }
    const hash = hashOf(key);
    let entry = this.#buckets[this.#bucketOf(hash)];
    while (entry !== undefined && (entry.hash !== hash || entry.key !== key)) {
      entry = entry.nextInBucket;
    }
    return entry;
  }

  /** Adds an entry whose key is not there yet. */
  add(entry: Entry): void {
    const newest = this.#newest;
    if (newest === undefined) {
      this.#oldest = entry;
    } else {
      this.#putIntoBucket(newest);
      newest.newer = entry;
      entry.older = newest;
    }
    this.#newest = entry;
    this.#size++;
  }

  /** Removes an entry, if it is there. */
  remove(entry: Entry): void {
    if (!entry.isInBucket && entry !== this.#newest) {
      return;
    }
    this.#takeFromBucket(entry);
    const { older, newer } = entry;
    if (older === undefined) {
      this.#oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer === undefined) {
      this.#newest = older;
    } else {
      newer.older = older;
    }
    entry.older = undefined;
    entry.newer = undefined;
    this.#size--;
  }

  #bucketOf(hash: number): number {
    return hash & (this.#buckets.length - 1);
  }

  #putIntoBucket(entry: Entry): void {
    if (entry.isInBucket) {
      return;
    }
    if (this.#size > this.#buckets.length) {
      this.#grow();
    }
    entry.hash = hashOf(entry.key);
    const bucket = this.#bucketOf(entry.hash);
    entry.nextInBucket = this.#buckets[bucket];
    entry.isInBucket = true;
    this.#buckets[bucket] = entry;
  }

  #takeFromBucket(entry: Entry): void {
    if (!entry.isInBucket) {
      return;
    }
    const bucket = this.#bucketOf(entry.hash);
    let before = this.#buckets[bucket];
    if (before === entry) {
      this.#buckets[bucket] = entry.nextInBucket;
    } else {
      while (before !== undefined && before.nextInBucket !== entry) {
        before = before.nextInBucket;
      }
      if (before !== undefined) {
        before.nextInBucket = entry.nextInBucket;
      }
    }
    entry.nextInBucket = undefined;
    entry.isInBucket = false;
  }

  #grow(): void {
    this.#buckets = newBuckets(2 * this.#buckets.length);
    for (let entry = this.#oldest; entry !== undefined; entry = entry.newer) {
      if (entry.isInBucket) {
        entry.isInBucket = false;
        this.#putIntoBucket(entry);
      }
    }
  }
}

function hashOf(key: string): number {
  let hash = 0;
  for (let index = Math.max(0, key.length - HASHED_CHARACTERS); index < key.length; index++) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  }
  return hash;
}

function newBuckets<Entry>(count: number): Array<Entry | undefined> {
  return new Array<Entry | undefined>(count).fill(undefined);
}
