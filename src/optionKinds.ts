import { type OurVariable, parseSwitch } from './environment.js';
import { optionError, secretOptionError } from './optionErrors.js';
import {
  defaultsOf,
  isPlainObject,
  type Option,
  type OptionTable,
  type Resolved,
  resolveMembers,
} from './optionTable.js';

/** The longest interval that a timer of Node.js takes, in milliseconds. */
export const MAX_TIMER_MS = 2_147_483_647;

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
