import type { ConnectionFields } from '../records.js';
import { connectionMembers } from './encodeConnection.js';

/** Pieces that neighbouring logs of a batch have in common: each is made once for a row of logs that share it. */
export type BatchPieces = ReturnType<typeof batchPieces>;

/** Each is joined to one flat text, so that it counts as one piece however often it is used. */
export function batchPieces(products: string) {
  const userAgent = joined(',\\"user_agent\\":', quotedTwice(products), '}}');
  return {
    /** From after the time to before `entry`. */
    userAgent,
    /** Up to the event id. */
    head: keepingLast((workspaceId: string | undefined) => {
      const workspace = workspaceId === undefined ? '' : `\\"workspace_id\\":\\"${workspaceId}\\",`;
      return joined('{', workspace, '\\"frontend_log_event_id\\":\\"');
    }),
    /** From after the event id to the second of the time. */
    second: keepingLast((second: number) => joined(TIME, String(second))),
    /** From after the time up to and with the session's id. */
    session: keepingLast((sessionId: string) => joined(userAgent, SESSION, sessionId, '\\"')),
    /** What a connection adds. Connections of one process are mostly configured alike. */
    connection: keepingLast(connectionMembers, alike),
  };
}

/** From after the event id up to and with the time. Records of one second differ in a small number only. */
export function time(pieces: BatchPieces, epochMs: number): string {
  if (!Number.isSafeInteger(epochMs) || epochMs < 1000) {
    return TIME + epochMs;
  }
  const second = Math.floor(epochMs / 1000);
  const millis = epochMs - second * 1000;
  return `${pieces.second(second)}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}`;
}

/** A function that keeps what it made last, for as long as it is asked for the same. */
function keepingLast<Input, Output>(
  make: (input: Input) => Output,
  same: (one: Input, other: Input) => boolean = () => false,
): (input: Input) => Output {
  let last: Input;
  let made: Output | undefined;
  return (input) => {
    if (made === undefined || (last !== input && !same(last, input))) {
      last = input;
      made = make(input);
    }
    return made;
  };
}

const TIME = '\\",\\"context\\":{\\"client_context\\":{\\"timestamp_millis\\":';
const SESSION = ',\\"entry\\":{\\"sql_driver_log\\":{\\"session_id\\":\\"';

/** Unlike `+`, which puts the copying off until somebody reads the text, this copies at once. */
function joined(...pieces: string[]): string {
  return pieces.join('');
}

function alike(one: ConnectionFields, other: ConnectionFields): boolean {
  if (one.size !== other.size) {
    return false;
  }
  for (const [field, value] of one) {
    if (other.get(field) !== value) {
      return false;
    }
  }
  return true;
}

/** Free text as a JSON string inside a JSON string. */
function quotedTwice(value: string): string {
  return JSON.stringify(JSON.stringify(value)).slice(1, -1);
}
