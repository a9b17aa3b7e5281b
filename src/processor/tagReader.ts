import {
  checkBoolean,
  checkCode,
  checkDigits,
  checkInteger,
  checkUuid,
  OPERATION_TYPE_RULE,
  RESULT_FORMAT_RULE,
  STATEMENT_TYPE_RULE,
  type ValueRule,
  type WireValue,
} from '../tags/index.js';

/** Reads values that may leave; what does not fit its rule is dropped and counted. */
export class TagReader {
  /** Values that were there and did not fit. */
  invalidValues = 0;
  readonly #workspaceId = new LastGood(checkDigits);
  readonly #sessionId = new LastGood(checkUuid);
  readonly #operationType = new LastGood(OPERATION_TYPE_RULE.check);
  readonly #statementType = new LastGood(STATEMENT_TYPE_RULE.check);
  readonly #resultFormat = new LastGood(RESULT_FORMAT_RULE.check);

  workspaceId(value: unknown): string | undefined {
    return this.#checkedBy(this.#workspaceId, value);
  }

  sessionId(value: unknown): string | undefined {
    return this.#checkedBy(this.#sessionId, value);
  }

  operationType(value: unknown): string | undefined {
    return this.#checkedBy(this.#operationType, value);
  }

  statementType(value: unknown): string | undefined {
    return this.#checkedBy(this.#statementType, value);
  }

  resultFormat(value: unknown): string | undefined {
    return this.#checkedBy(this.#resultFormat, value);
  }

  uuid(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkUuid(value));
  }

  integer(value: unknown): number | undefined {
    return value === undefined ? undefined : this.#counted(checkInteger(value));
  }

  boolean(value: unknown): boolean | undefined {
    return value === undefined ? undefined : this.#counted(checkBoolean(value));
  }

  code(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkCode(value));
  }

  /** By any rule of the table. */
  value<Value extends WireValue>(rule: ValueRule<Value>, value: unknown): Value | undefined {
    return value === undefined ? undefined : this.#counted(rule.check(value));
  }

  #checkedBy(lastGood: LastGood, value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(lastGood.check(value));
  }

  #counted<Value>(checked: Value | undefined): Value | undefined {
    if (checked === undefined) {
      this.invalidValues++;
    }
    return checked;
  }
}

type Check = (value: unknown) => string | undefined;

/** Remembers the last good value: one statement after the other has the same, which need not be checked again. */
class LastGood {
  readonly #check: Check;
  #last: string | undefined = undefined;

  constructor(check: Check) {
    this.#check = check;
  }

  check(value: unknown): string | undefined {
    if (value === this.#last) {
      return this.#last;
    }
    const checked = this.#check(value);
    if (checked !== undefined) {
      this.#last = checked;
    }
    return checked;
  }
}
