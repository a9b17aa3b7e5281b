/**
 * Checks of option values. Each takes the option's name as the user wrote it, and throws a TypeError that
 * says which option, what was wrong and what is allowed.
 */

/** The longest interval that a timer of Node.js takes, in milliseconds. */
export const MAX_TIMER_MS = 2_147_483_647;

/** An integer from `min` to `max`; `fallback` if the option was left out. */
export function integerOption(
  name: string,
  value: unknown,
  fallback: number,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (value === undefined) {
    return fallback;
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    throw optionError(name, value, `an integer from ${min} to ${max}`);
  }
  return value;
}

/** `true` or `false`; `fallback` if the option was left out. */
export function booleanOption<Fallback extends boolean | undefined>(
  name: string,
  value: unknown,
  fallback: Fallback,
): boolean | Fallback {
  if (value === undefined) {
    return fallback;
  }
  if (typeof value !== 'boolean') {
    throw optionError(name, value, 'true or false');
  }
  return value;
}

/** One of the allowed strings; `fallback` if the option was left out. */
export function choiceOption<Choice extends string>(
  name: string,
  value: unknown,
  fallback: Choice,
  allowed: readonly Choice[],
): Choice {
  if (value === undefined) {
    return fallback;
  }
  const choice = allowed.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw optionError(name, value, allowed.map((candidate) => `'${candidate}'`).join(' or '));
  }
  return choice;
}

/** A function, or `undefined` if the option was left out. */
export function functionOption<Fn>(name: string, value: Fn | undefined): Fn | undefined {
  if (value !== undefined && typeof value !== 'function') {
    throw optionError(name, value, 'a function');
  }
  return value;
}

/** A list of strings that are not empty; `fallback` if the option was left out. */
export function stringListOption(
  name: string,
  value: unknown,
  fallback: readonly string[],
): readonly string[] {
  if (value === undefined) {
    return fallback;
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(isNonEmptyString)) {
    throw optionError(name, value, 'a list of strings, none of them empty');
  }
  return [...value];
}

/** Refuses names that are not options: a misspelt one would otherwise do nothing in silence. */
export function rejectUnknownOptions(
  owner: string,
  options: object | undefined,
  known: readonly string[],
): void {
  if (options === undefined) {
    return;
  }
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${owner}: the options must be an object, not ${describe(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(`${owner}: there is no option '${name}'; allowed are ${known.join(', ')}`);
    }
  }
}

export function optionError(name: string, value: unknown, allowed: string): TypeError {
  return new TypeError(`option '${name}' is ${describe(value)}; allowed is ${allowed}`);
}

function isNonEmptyString(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0;
}

/** Names a value without printing it whole: an option may hold a secret. */
function describe(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) {
    return String(value);
  }
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
