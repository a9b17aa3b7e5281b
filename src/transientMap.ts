/** A Map is made anew after at least this many additions. */
const MIN_ADDITIONS = 1_024;
/** And after this many for each entry that is there, so that copying costs little. */
const ADDITIONS_PER_ENTRY = 4;

/** What a `TransientMap` holds. */
export interface TransientEntry {
  readonly key: string;
}

/**
 * A Map for entries that come and go all the time, oldest first. A Map makes a new table whenever enough
 * entries have gone, and the old tables lead to the new ones: once one of them has outlived a few collections
 * of garbage, so does, until a full one, all that came after it. So the Map itself is made anew now and then,
 * which no old table leads to.
 *
 * The newest is not in the Map until another one comes: where one statement follows the other, none ever is.
 */
export class TransientMap<Entry extends TransientEntry> {
  #older = new Map<string, Entry>();
  #newest: Entry | undefined = undefined;
  #additionsLeft = MIN_ADDITIONS;

  get size(): number {
    return this.#newest === undefined ? this.#older.size : this.#older.size + 1;
  }

  get oldest(): Entry | undefined {
    return this.#older.size === 0 ? this.#newest : this.#older.values().next().value;
  }

  /** The one that was added last, if it is still there. */
  get newest(): Entry | undefined {
    return this.#newest;
  }

  get(key: string): Entry | undefined {
    const newest = this.#newest;
    if (newest !== undefined && newest.key === key) {
      return newest;
    }
    return this.#older.size === 0 ? undefined : this.#older.get(key);
  }

  /** Adds an entry whose key is not there yet. */
  add(entry: Entry): void {
    const newest = this.#newest;
    if (newest !== undefined) {
      this.#putAway(newest);
    }
    this.#newest = entry;
  }

  /** Removes an entry, if it is there. */
  remove(entry: Entry): void {
    if (entry === this.#newest) {
      this.#newest = undefined;
    } else if (this.#older.get(entry.key) === entry) {
      this.#older.delete(entry.key);
    }
  }

  #putAway(entry: Entry): void {
    if (--this.#additionsLeft < 0) {
      this.#older = new Map(this.#older);
      this.#additionsLeft = Math.max(MIN_ADDITIONS, ADDITIONS_PER_ENTRY * this.#older.size);
    }
    this.#older.set(entry.key, entry);
  }
}
