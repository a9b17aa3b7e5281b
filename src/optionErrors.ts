import { nearestName } from './nearestName.js';

/** What a name or text may look like to be repeated in an error; anything else may be a secret. */
const HARMLESS = /^[\w .:/'*-]{0,64}$/;
const IDENTIFIER = /^[\w.-]{1,64}$/;
/** Tokens and passwords have digits among their letters; names of options and words for choices hardly any. */
const MAX_DIGITS_IN_WORDS = 3;
const CLASS_NAME = /^[A-Za-z_$][\w$]{0,63}$/;

/** An option as its errors name it. */
export interface OptionPlace {
  /** Class or function that the user called. */
  readonly owner: string;
  /** As the user wrote it; a member of an object after a dot. */
  readonly name: string;
}

/** @param allowed what is allowed, in words */
export function optionError({ owner, name }: OptionPlace, value: unknown, allowed: string): TypeError {
  return new TypeError(`${owner}: option '${name}' is ${describeValue(value)}; allowed is ${allowed}`);
}

/** Like `optionError`, for options that hold credentials: says nothing of the value but its type. */
export function secretOptionError({ owner, name }: OptionPlace, value: unknown, allowed: string): TypeError {
  const described = typeof value === 'string' ? 'a string that is not allowed' : describeValue(value);
  return new TypeError(`${owner}: option '${name}' is ${described}; allowed is ${allowed}`);
}

/** @param foreign names that other packages have for ours */
export function unknownOptionError(
  { owner, name }: OptionPlace,
  known: readonly string[],
  foreign: Readonly<Record<string, string>> = {},
): TypeError {
  const ours = Object.hasOwn(foreign, name) ? foreign[name] : undefined;
  if (ours !== undefined) {
    return new TypeError(`${owner}: there is no option '${name}'; here it is called '${ours}'`);
  }
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? '' : `. Did you mean '${nearest}'?`;
  return new TypeError(
    `${owner}: there is no option ${describeName(name)}; allowed are ${known.join(', ')}${hint}`,
  );
}

/** A name in quotes, if it looks like one. */
export function describeName(name: string): string {
  return IDENTIFIER.test(name) && !looksSecret(name) ? `'${name}'` : 'of that name';
}

/** Says what a value is, in few words, and repeats it only where it can't be a secret. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return HARMLESS.test(value) && !looksSecret(value)
        ? `'${value}'`
        : `a string of ${value.length} characters`;
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return value === null ? 'null' : describeObject(value);
    default:
      return `a ${typeof value}`;
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : 'a list';
  }
  const name = classNameOf(value);
  return name === undefined ? 'an object' : `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

/** `undefined` for a plain object. */
export function classNameOf(value: object): string | undefined {
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) {
      return undefined;
    }
    const name: unknown = (prototype as { constructor?: { name?: unknown } }).constructor?.name;
    return typeof name === 'string' && CLASS_NAME.test(name) ? name : 'class instance';
  } catch {
    // A proxy whose traps throw.
    return 'class instance';
  }
}

function looksSecret(text: string): boolean {
  return text.replace(/\D/g, '').length > MAX_DIGITS_IN_WORDS;
}

/** Refuses arguments behind the options: an exporter there would be ignored, and records be sent. */
export function rejectFurtherArguments(owner: string, further: readonly unknown[]): void {
  if (further.length > 0) {
    throw new TypeError(
      `${owner}: there is no second argument. ` +
        'For a dry run: new DatabricksSpanProcessor({ exporter: new DryRunExporter() })',
    );
  }
}
