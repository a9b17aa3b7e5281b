import { nearestName } from '../nearestName.js';
import { TAG_TABLE } from './table.js';

const WILDCARD = '*';
/** What a name may look like to be repeated in an error: anything else may be a secret in the wrong place. */
const PRINTABLE_NAME = /^(?!(.*\d){4})[\w.*-]{1,64}$/;

/** Names of tags; one that ends in `.*` stands for all that begin so. */
export class NameSet {
  readonly #names: ReadonlySet<string>;
  readonly #prefixes: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = new Set(names);
    this.#prefixes = names.filter((name) => name.endsWith(WILDCARD)).map((name) => name.slice(0, -1));
  }

  has(name: string): boolean {
    return this.#names.has(name) || (this.#prefixes.length > 0 && this.#startsWithOne(name));
  }

  /** Whether an object with few attributes has any of them. It goes through the object. */
  isInFew(attributes: Readonly<Record<string, unknown>>): boolean {
    for (const name in attributes) {
      if (this.has(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The same for an object with many attributes. It asks for each name: V8 keeps such an object in a form in which to
   * go through its names takes twice as long.
   */
  isInMany(attributes: Readonly<Record<string, unknown>>): boolean {
    if (this.#prefixes.length > 0) {
      return this.isInFew(attributes);
    }
    for (const name of this.#names) {
      if (attributes[name] !== undefined) {
        return true;
      }
    }
    return false;
  }

  #startsWithOne(name: string): boolean {
    return this.#prefixes.some((prefix) => name.startsWith(prefix));
  }
}

/**
 * The option `withhold`: names of tags of the built-in table, or names that one of its wildcards stands for.
 *
 * @param owner the class or function that the user called, for errors
 * @throws TypeError that names the tag that does not exist, and the nearest one
 */
export function withholdOption(owner: string, value: unknown): readonly string[] {
  if (value === undefined) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw new TypeError(`${owner}: option 'withhold' is no list; allowed is a list of names of tags`);
  }
  return Array.from(value, (name: unknown) => checkedName(owner, name));
}

function checkedName(owner: string, name: unknown): string {
  if (typeof name !== 'string') {
    throw new TypeError(
      `${owner}: option 'withhold' has a member that is no string; allowed is a list of names of tags`,
    );
  }
  if (!KNOWN.has(name)) {
    const shown = PRINTABLE_NAME.test(name) ? `'${name}', which` : 'a name that';
    const nearest = nearestName(name, KNOWN_NAMES);
    const hint = nearest === undefined ? '' : `. Did you mean '${nearest}'?`;
    throw new TypeError(`${owner}: option 'withhold' has ${shown} is not in the table of tags${hint}`);
  }
  return name;
}

const KNOWN_NAMES: readonly string[] = TAG_TABLE.rows.map(({ name }) => name);
const KNOWN = new NameSet(KNOWN_NAMES);
