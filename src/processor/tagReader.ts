import {
  checkBoolean,
  checkCode,
  checkDigits,
  checkInteger,
  checkUuid,
  checkVersion,
  type ValueRule,
} from '../tags/index.js';

/** Reads values of the kinds that may leave; what does not fit is dropped and counted. */
export class TagReader {
  /** Values that were there and did not fit their kind. */
  invalidValues = 0;

  uuid(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkUuid(value));
  }

  digits(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkDigits(value));
  }

  integer(value: unknown): number | undefined {
    return value === undefined ? undefined : this.#counted(checkInteger(value));
  }

  boolean(value: unknown): boolean | undefined {
    return value === undefined ? undefined : this.#counted(checkBoolean(value));
  }

  version(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkVersion(value));
  }

  code(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkCode(value));
  }

  /** An enum or a pattern. */
  text(rule: ValueRule, value: unknown): string | undefined {
    if (value === undefined) {
      return undefined;
    }
    const checked = rule.check(value);
    return this.#counted(typeof checked === 'string' ? checked : undefined);
  }

  #counted<Value>(checked: Value | undefined): Value | undefined {
    if (checked === undefined) {
      this.invalidValues++;
    }
    return checked;
  }
}
