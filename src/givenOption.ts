/**
 * Reads an option. What all objects inherit from `Object.prototype` was put there by a careless merge of somebody's
 * JSON (prototype pollution), and no user has given it: it grants nothing. A `false` counts wherever it comes from,
 * and so does whatever the options inherit from a class or an object of the user's.
 */
export function givenOption(options: object, name: string): unknown {
  const value = (options as Readonly<Record<string, unknown>>)[name];
  return value === undefined || value === false || isGiven(options, name) ? value : undefined;
}

function isGiven(options: object, name: string): boolean {
  try {
    for (let holder: object | null = options; holder !== null; holder = Object.getPrototypeOf(holder)) {
      if (Object.hasOwn(holder, name)) {
        return holder === options || !isObjectPrototype(holder);
      }
    }
    // Nobody holds it: the options are a proxy that answers by itself.
    return true;
  } catch {
    // A proxy that denies all but reading.
    return !Object.hasOwn(Object.prototype, name);
  }
}

/** Also that of another realm: test runners and `node:vm` make them. */
function isObjectPrototype(holder: object): boolean {
  return Object.getPrototypeOf(holder) === null && Object.hasOwn(holder, 'isPrototypeOf');
}
