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
  /** The last good ones: one statement after the other bears the same, which need not be checked again. */
  #workspaceId: string | undefined = undefined;
  #sessionId: string | undefined = undefined;

  workspaceId(value: unknown): string | undefined {
    if (value !== this.#workspaceId) {
      const workspaceId = this.digits(value);
      if (workspaceId === undefined) {
        return undefined;
      }
      this.#workspaceId = workspaceId;
    }
    return this.#workspaceId;
  }

  sessionId(value: unknown): string | undefined {
    if (value !== this.#sessionId) {
      const sessionId = this.uuid(value);
      if (sessionId === undefined) {
        return undefined;
      }
      this.#sessionId = sessionId;
    }
    return this.#sessionId;
  }

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
