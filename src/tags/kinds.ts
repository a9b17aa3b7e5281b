import { isKnownErrorCode, OTHER_ERROR } from './errorCodes.js';

/** The kinds of value that may leave for Databricks. There is none for free text. */
export type ValueKind = 'uuid' | 'digits' | 'integer' | 'boolean' | 'enum' | 'version' | 'code' | 'pattern';

/** What a value can be once it has been checked. */
export type WireValue = string | number | boolean;

/** How a value of a wire field is checked. `undefined` from `check` means that the value is dropped. */
export interface ValueRule<Value extends WireValue = WireValue> {
  readonly kind: ValueKind;
  /** For people: what is allowed. */
  readonly allowed: string;
  /** The closed list of an `enum`. */
  readonly values?: readonly string[];
  check(value: unknown): Value | undefined;
}

const DIGITS = /^[0-9]{1,20}$/;
const VERSION = /^[0-9]{1,10}(\.[0-9]{1,10}){0,3}(-[a-z]{1,16}(\.[0-9]{1,10})?)?$/;

const UUID_SHAPE = 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx';
/** By character code and by place: whether it is a digit (1), a hyphen (2) or neither. */
const UUID_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[0-9a-fA-F]/.test(character) ? 1 : character === '-' ? 2 : 0;
});
const UUID_PLACES = Uint8Array.from(UUID_SHAPE, (place) => (place === '-' ? 2 : 1));

/**
 * An RFC 4122 UUID in its 36-character text form. Every statement has one, and by tables that takes a third of
 * what a regular expression takes.
 */
export function checkUuid(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== UUID_SHAPE.length) {
    return undefined;
  }
  for (let index = 0; index < UUID_SHAPE.length; index++) {
    if (UUID_CHARACTERS[value.charCodeAt(index)] !== UUID_PLACES[index]) {
      return undefined;
    }
  }
  return value;
}

/** One to twenty decimal digits, as text. */
export function checkDigits(value: unknown): string | undefined {
  return typeof value === 'string' && DIGITS.test(value) ? value : undefined;
}

/** A safe integer that is not negative. */
export function checkInteger(value: unknown): number | undefined {
  // `+ 0` turns a negative zero into the zero that JSON writes.
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value) ? value + 0 : undefined;
}

export function checkBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** `major[.minor[.patch[.build]]][-tag[.n]]`. */
export function checkVersion(value: unknown): string | undefined {
  return typeof value === 'string' && VERSION.test(value) ? value : undefined;
}

/** A listed error name as it is, any other text as `other`. */
export function checkCode(value: unknown): string | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  return isKnownErrorCode(value) ? value : OTHER_ERROR;
}

export const UUID_RULE: ValueRule<string> = { kind: 'uuid', allowed: 'a UUID', check: checkUuid };
export const DIGITS_RULE: ValueRule<string> = {
  kind: 'digits',
  allowed: '1 to 20 digits',
  check: checkDigits,
};
export const INTEGER_RULE: ValueRule<number> = {
  kind: 'integer',
  allowed: 'a safe integer of 0 or more',
  check: checkInteger,
};
export const BOOLEAN_RULE: ValueRule<boolean> = {
  kind: 'boolean',
  allowed: 'true or false',
  check: checkBoolean,
};
export const VERSION_RULE: ValueRule<string> = {
  kind: 'version',
  allowed: '`\\d+(\\.\\d+){0,3}(-[a-z]+(\\.\\d+)?)?`',
  check: checkVersion,
};
export const CODE_RULE: ValueRule<string> = {
  kind: 'code',
  allowed: 'a listed class or code, a SQLSTATE, an HTTP status, else `other`',
  check: checkCode,
};

export function enumRule<const Values extends readonly string[]>(
  ...values: Values
): ValueRule<string> & { readonly values: Values } {
  const allowed: ReadonlySet<string> = new Set(values);
  return {
    kind: 'enum',
    allowed: values.join(' | '),
    values,
    check: (value) => (typeof value === 'string' && allowed.has(value) ? value : undefined),
  };
}

/** `pattern` must be anchored and must match a bounded length. */
export function patternRule(pattern: RegExp): ValueRule<string> {
  return {
    kind: 'pattern',
    allowed: `\`${pattern.source.slice(1, -1)}\``,
    check: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined),
  };
}
