import type { ChunkDetails, OperationMember, OperationRecord, RecordMember } from '../records.js';
import type { ConnectionTag, StatementTag, TagTable } from '../tags/index.js';

/** Which tags leave: those of the table, without those that the user withholds. */
export class Withholding {
  /** Tags of connections that leave. */
  readonly connectionTags: readonly ConnectionTag[];
  readonly #members: readonly OperationMember[];
  readonly #chunkMembers: ReadonlyArray<keyof ChunkDetails>;
  readonly #isEmpty: boolean;

  /** @param names of tags; those that never leave anyway change nothing */
  constructor(table: TagTable, names: readonly string[]) {
    const withheld = new Set(names);
    this.connectionTags = table.connectionTags.filter(({ name }) => !withheld.has(name));
    const members = table.statementTags.filter(({ name }) => withheld.has(name)).map(memberOf);
    this.#members = members.filter(isOperationMember);
    this.#chunkMembers = members.flatMap((member) => CHUNK_MEMBERS.get(member) ?? []);
    this.#isEmpty = members.length === 0;
  }

  /** Empties what a record of a statement or download keeps of tags that are withheld. */
  apply(record: OperationRecord): void {
    if (this.#isEmpty) {
      return;
    }
    for (const member of this.#members) {
      record[member] = undefined;
    }
    if (record.chunks !== undefined) {
      for (const member of this.#chunkMembers) {
        record.chunks[member] = undefined;
      }
    }
  }
}

const CHUNK_MEMBERS: ReadonlyMap<RecordMember, keyof ChunkDetails> = new Map([
  ['chunks.present', 'present'],
  ['chunks.iterated', 'iterated'],
  ['chunks.initialMs', 'initialMs'],
  ['chunks.slowestMs', 'slowestMs'],
  ['chunks.sumMs', 'sumMs'],
]);

function memberOf({ member }: StatementTag): RecordMember {
  return member;
}

function isOperationMember(member: RecordMember): member is OperationMember {
  return !member.startsWith('chunks.');
}
