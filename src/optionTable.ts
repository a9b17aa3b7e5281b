import type { OurVariable } from './environment.js';
import { parseSwitch } from './environment.js';
import {
  classNameOf,
  describeValue,
  type OptionPlace,
  optionError,
  secretOptionError,
  unknownOptionError,
} from './optionErrors.js';

/** The longest interval that a timer of Node.js takes, in milliseconds. */
export const MAX_TIMER_MS = 2_147_483_647;

/**
 * All that there is to say of an option: its kind, default, range and environment variable. The one sentence
 * about it is the docstring of its member in the interface of options; the compiler holds the two together,
 * and the reference page is made of both.
 */
export interface Option<Value, Default extends Value | undefined = Value | undefined> {
  readonly default: Default;
  /** What is allowed, in words. */
  readonly allowed: string;
  readonly variable: OurVariable | undefined;
  /** What a text counts as that can't be read from the variable. `undefined`: as not set. */
  readonly unreadable: Value | undefined;
  /** The members, if the option is an object of options. */
  readonly members?: OptionTable;
  /**
   * @param value never `undefined`
   * @throws TypeError
   */
  check(value: unknown, place: OptionPlace): Value;
  /** What the text of a variable says; any other type than the option's if it can't be read. */
  parse(text: string): unknown;
}

export type OptionTable = Readonly<Record<string, Option<unknown>>>;

/** A table that has an entry, of its type, for each option of the interface. */
export type OptionsOf<Options> = {
  readonly [Name in keyof Options]-?: Option<Exclude<Options[Name], undefined>>;
};

/** The options with their defaults. */
export type Resolved<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value, infer Default>
    ? Value | Default
    : never;
};

interface Common<Value> {
  readonly variable?: OurVariable;
  readonly unreadable?: Value;
}

/** An integer from `min` to `max`. */
export function integer(
  entry: Common<number> & { readonly default: number; readonly min: number; readonly max?: number },
): Option<number, number> {
  const { min, max = Number.MAX_SAFE_INTEGER } = entry;
  const allowed = `an integer from ${min} to ${max}`;
  return {
    default: entry.default,
    allowed,
    variable: entry.variable,
    unreadable: entry.unreadable,
    check(value, place) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
        throw optionError(place, value, allowed);
      }
      return value;
    },
    parse: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  };
}

/** `true` or `false`. */
export function flag<Default extends boolean | undefined = undefined>(
  entry: Common<boolean> & { readonly default?: Default } = {},
): Option<boolean, Default> {
  const allowed = 'true or false';
  return {
    default: entry.default as Default,
    allowed,
    variable: entry.variable,
    unreadable: entry.unreadable,
    check(value, place) {
      if (typeof value !== 'boolean') {
        throw optionError(place, value, allowed);
      }
      return value;
    },
    parse: (text) => parseSwitch(text) ?? text,
  };
}

/** One of a few words. */
export function choice<const Choice extends string>(
  choices: readonly Choice[],
  entry: Common<NoInfer<Choice>> & { readonly default: NoInfer<Choice> },
): Option<Choice, Choice> {
  const allowed = choices.map((each) => `'${each}'`).join(' or ');
  return {
    default: entry.default,
    allowed,
    variable: entry.variable,
    unreadable: entry.unreadable,
    check(value, place) {
      const chosen = choices.find((each) => each === value);
      if (chosen === undefined) {
        throw optionError(place, value, allowed);
      }
      return chosen;
    },
    parse: (text) => text.toLowerCase(),
  };
}

/** A list of strings that are not empty. */
export function strings(entry: {
  readonly default: readonly string[];
}): Option<readonly string[], readonly string[]> {
  return value('a list of strings, none of them empty', {
    default: entry.default,
    accepts: (given) =>
      Array.isArray(given) &&
      given.length > 0 &&
      given.every((each) => typeof each === 'string' && each !== ''),
  });
}

/** A function. Without one the option has no value. */
export function callback<Fn>(): Option<Fn, undefined> {
  return value<Fn>('a function', { accepts: (given) => typeof given === 'function' });
}

/** Whatever `accepts` says yes to. */
export function value<Value, Default extends Value | undefined = undefined>(
  allowed: string,
  entry: {
    readonly default?: Default;
    readonly variable?: OurVariable;
    /** True: errors never show it. */
    readonly isSecret?: boolean;
    readonly accepts: (value: unknown) => boolean;
  },
): Option<Value, Default> {
  return {
    default: entry.default as Default,
    allowed,
    variable: entry.variable,
    unreadable: undefined,
    check(given, place) {
      if (!entry.accepts(given)) {
        throw (entry.isSecret === true ? secretOptionError : optionError)(place, given, allowed);
      }
      return given as Value;
    },
    parse: (text) => text,
  };
}

/** What a check of its own makes of it. */
export function checked<Value>(
  allowed: string,
  entry: {
    readonly default: Value;
    /** @throws TypeError that names the owner and the option */
    readonly check: (owner: string, value: unknown) => Value;
  },
): Option<Value, Value> {
  return {
    default: entry.default,
    allowed,
    variable: undefined,
    unreadable: undefined,
    check: (given, { owner }) => entry.check(owner, given),
    parse: (text) => text,
  };
}

/** An object of further options. */
export function group<Table extends OptionTable>(members: Table): Option<Resolved<Table>, Resolved<Table>> {
  const allowed = `an object of ${Object.keys(members).join(', ')}`;
  return {
    default: defaultsOf(members),
    allowed,
    variable: undefined,
    unreadable: undefined,
    members,
    check(given, place) {
      if (!isPlainObject(given)) {
        throw optionError(place, given, allowed);
      }
      return resolveMembers(given, members, { owner: place.owner, prefix: `${place.name}.` });
    },
    parse: (text) => text,
  };
}

/** Who takes the options, and which there are. */
export interface OptionOwner<Table> {
  /** Class or function that the user called. */
  readonly owner: string;
  readonly table: Table;
  /** Names that other packages have for ours, with ours. */
  readonly foreign?: Readonly<Record<string, string>>;
  /** The right call, for whoever gives something else than options. */
  readonly call?: string;
}

/**
 * The options with their defaults, checked.
 *
 * @throws TypeError that names the owner, the option, what was wrong, and what is allowed
 */
export function resolveOptions<Table extends OptionTable>(
  { owner, table, foreign, call }: OptionOwner<Table>,
  options: object | undefined = {},
): Resolved<Table> {
  if (!isPlainObject(options)) {
    const hint = call === undefined ? '' : `. The call is: ${call}`;
    throw new TypeError(`${owner}: the options must be a plain object, not ${describeValue(options)}${hint}`);
  }
  return resolveMembers(options, table, { owner, prefix: '', foreign });
}

interface Naming {
  readonly owner: string;
  readonly prefix: string;
  readonly foreign?: Readonly<Record<string, string>> | undefined;
}

function resolveMembers<Table extends OptionTable>(
  options: object,
  table: Table,
  { owner, prefix, foreign }: Naming,
): Resolved<Table> {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(table, name)) {
      throw unknownOptionError({ owner, name: `${prefix}${name}` }, Object.keys(table), foreign);
    }
  }
  const resolved: Record<string, unknown> = {};
  for (const [name, option] of Object.entries<Option<unknown>>(table)) {
    const given = (options as Readonly<Record<string, unknown>>)[name];
    resolved[name] =
      given === undefined ? option.default : option.check(given, { owner, name: `${prefix}${name}` });
  }
  return resolved as Resolved<Table>;
}

function defaultsOf<Table extends OptionTable>(table: Table): Resolved<Table> {
  const entries = Object.entries<Option<unknown>>(table).map(([name, option]) => [name, option.default]);
  return Object.fromEntries(entries) as Resolved<Table>;
}

function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && classNameOf(value) === undefined
  );
}
