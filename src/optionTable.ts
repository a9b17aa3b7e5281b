import type { OurVariable } from './environment.js';
import { givenOption } from './givenOption.js';
import { classNameOf, describeValue, type OptionPlace, unknownOptionError } from './optionErrors.js';

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

export interface Naming {
  readonly owner: string;
  readonly prefix: string;
  readonly foreign?: Readonly<Record<string, string>> | undefined;
}

/** @throws TypeError */
export function resolveMembers<Table extends OptionTable>(
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
    const given = givenOption(options, name);
    resolved[name] =
      given === undefined ? option.default : option.check(given, { owner, name: `${prefix}${name}` });
  }
  return resolved as Resolved<Table>;
}

export function defaultsOf<Table extends OptionTable>(table: Table): Resolved<Table> {
  const entries = Object.entries<Option<unknown>>(table).map(([name, option]) => [name, option.default]);
  return Object.fromEntries(entries) as Resolved<Table>;
}

export function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && classNameOf(value) === undefined
  );
}
