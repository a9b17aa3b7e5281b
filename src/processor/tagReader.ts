import {
  checkBoolean,
  checkCode,
  checkDigits,
  checkInteger,
  checkUuid,
  checkVersion,
  WIRE_FIELDS,
  type WireField,
} from '../tags/index.js';

/** Reads values of the kinds that may leave; what does not fit is dropped and counted. */
export class TagReader {
  /** Values that were there and did not fit their kind. */
  invalidValues = 0;
  readonly #workspaceId = new LastGood(checkDigits);
  readonly #sessionId = new LastGood(checkUuid);
  readonly #operationType = new LastGood(textCheck('sql_operation.operation_detail.operation_type'));
  readonly #statementType = new LastGood(textCheck('sql_operation.statement_type'));
  readonly #resultFormat = new LastGood(textCheck('sql_operation.execution_result'));

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

  version(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkVersion(value));
  }

  code(value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkCode(value));
  }

  /** An enum or a pattern. */
  text(field: WireField, value: unknown): string | undefined {
    return value === undefined ? undefined : this.#counted(checkText(field, value));
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

/** Remembers the last good value: one statement after the other bears the same, which need not be checked again. */
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

function textCheck(field: WireField): Check {
  return (value) => checkText(field, value);
}

function checkText(field: WireField, value: unknown): string | undefined {
  const checked = WIRE_FIELDS[field].check(value);
  return typeof checked === 'string' ? checked : undefined;
}
