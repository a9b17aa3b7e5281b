import type { ConnectionFields } from '../records.js';
import { type ConnectionMembers, connectionMembers } from './encodeConnection.js';

/**
 * Pieces that neighbouring logs of a batch have in common. Each remembers what it was last made from, and
 * is joined to one flat text, so that it counts as one piece however often it is used.
 */
export class BatchPieces {
  /** From after the time to before `entry`. */
  readonly userAgent: string;
  #workspaceId: string | undefined;
  #head = '{\\"frontend_log_event_id\\":\\"';
  #second = -1;
  #time = '';
  #sessionId: string | undefined;
  #session = '';
  #connection: ConnectionFields | undefined;
  #members: ConnectionMembers = { own: '', groups: '' };

  constructor(userAgent: string) {
    this.userAgent = joined(',\\"user_agent\\":', quotedTwice(userAgent), '}}');
  }

  /** Up to the event id. */
  head(workspaceId: string | undefined): string {
    if (workspaceId !== this.#workspaceId) {
      this.#workspaceId = workspaceId;
      const workspace = workspaceId === undefined ? '' : `\\"workspace_id\\":\\"${workspaceId}\\",`;
      this.#head = joined('{', workspace, '\\"frontend_log_event_id\\":\\"');
    }
    return this.#head;
  }

  /** From after the event id up to and with the time. Records of one second differ in a small number only. */
  time(epochMs: number): string {
    if (!Number.isSafeInteger(epochMs) || epochMs < 1000) {
      return TIME + epochMs;
    }
    const second = Math.floor(epochMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#time = joined(TIME, String(second));
    }
    const millis = epochMs - second * 1000;
    return `${this.#time}${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}`;
  }

  /** From after the time up to and with the session's id. */
  session(sessionId: string): string {
    if (sessionId !== this.#sessionId) {
      this.#sessionId = sessionId;
      this.#session = joined(this.userAgent, SESSION, sessionId, '\\"');
    }
    return this.#session;
  }

  /** The members that a connection adds, with the latency in the middle of them. */
  connection(connection: ConnectionFields, latency: string): string {
    if (this.#connection === undefined || !alike(this.#connection, connection)) {
      this.#connection = connection;
      this.#members = connectionMembers(connection);
    }
    return this.#members.own + latency + this.#members.groups;
  }
}

const TIME = '\\",\\"context\\":{\\"client_context\\":{\\"timestamp_millis\\":';
const SESSION = ',\\"entry\\":{\\"sql_driver_log\\":{\\"session_id\\":\\"';

/** Unlike `+`, which puts the copying off until somebody reads the text, this copies at once. */
function joined(...pieces: string[]): string {
  return pieces.join('');
}

/** Connections of one process are mostly configured alike. */
function alike(one: ConnectionFields, other: ConnectionFields): boolean {
  if (one === other) {
    return true;
  }
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
