/** How one download of a result file goes wrong (or slowly). Without `times`, every attempt does. */
export type DownloadFault =
  | 'expired-link'
  | 'reset'
  | 'hang'
  | { readonly reset: number }
  | { readonly status: number; readonly times?: number; readonly retryAfter?: string }
  | { readonly delayMs: number };

/** How the HTTP exchange of one Thrift method goes wrong. Without `times`, every attempt does. */
export type HttpFault =
  | 'reset'
  | 'hang'
  | { readonly reset: number }
  | { readonly status: number; readonly times?: number; readonly retryAfter?: string };

export type ResultFormat = 'arrow' | 'column' | 'cloudfetch';
export type StatementOutcome = 'ERROR' | 'TIMEDOUT' | 'CANCELED' | 'CLOSED';
export type StagingOperation = 'GET' | 'PUT' | 'REMOVE';

/** What a TStatus with ERROR_STATUS, or a failed operation, tells the client. */
export interface ServerError {
  readonly errorCode?: number;
  readonly sqlState?: string;
  readonly message?: string;
}

/** How the server treats one statement. Everything is optional: the default is one inline Arrow page. */
export interface Scenario {
  /** Results ride in the answer to ExecuteStatement. Default: true, unless `polls` or `clock` is given. */
  readonly directResults?: boolean;
  /** The server closes the operation by itself, in the direct results (only where one page holds it all). */
  readonly closeWithDirectResults?: boolean;
  /** How many GetOperationStatus answers say RUNNING before the final one. */
  readonly polls?: number;
  /**
   * The server goes by the clock: the statement is PENDING for so long, RUNNING for so long, and then over,
   * whoever asks. A status tells when it began to run and when it was over. In place of `polls`.
   */
  readonly clock?: { readonly pendingMs: number; readonly runningMs: number };
  readonly executeDelayMs?: number;
  readonly pollDelayMs?: number;
  readonly fetchDelayMs?: number;
  readonly metadataDelayMs?: number;
  readonly closeDelayMs?: number;
  /** A client that cannot read Arrow gets columns, one that cannot download gets Arrow inline. */
  readonly format?: ResultFormat;
  readonly lz4?: boolean;
  /** Answers that carry data, the direct results included. Default 1. */
  readonly pages?: number;
  /** CloudFetch only. Default 2. */
  readonly filesPerPage?: number;
  /** Per page, or per file with CloudFetch. Default 10. */
  readonly rowsPerPage?: number;
  readonly downloadDelayMs?: number;
  /** By file index, counted over all pages from 0. */
  readonly downloads?: { readonly [fileIndex: number]: DownloadFault };
  /** false: a statement without a result set, such as DDL. */
  readonly resultSet?: boolean;
  /** How the statement ends, when not with results. */
  readonly outcome?: ServerError & { readonly state: StatementOutcome };
  /** ExecuteStatement itself answers a TStatus error: there is no operation. */
  readonly executeStatus?: ServerError;
  /** HTTP faults by Thrift method. For ExecuteStatement, `times` counts per SQL text: there is no handle yet. */
  readonly http?: { readonly [method: string]: HttpFault };
  /** A volume operation: one row that names a presigned URL of this server. */
  readonly staging?: {
    readonly operation: StagingOperation;
    readonly localFile?: string;
    /** The HTTP status that the presigned URL answers. Default 200. */
    readonly status?: number;
  };
}

const OPENING = '/* scenario: ';
const CLOSING = ' */';

/** The SQL text that makes the server act out a scenario: it rides along as a trailing comment. */
export function sql(scenario: Scenario, text = 'SELECT id, name FROM rows'): string {
  // '*/' inside the JSON would end the comment early; '\/' is the same character to JSON.
  const json = JSON.stringify(scenario).replaceAll('*/', '*\\/');
  return `${text} ${OPENING}${json}${CLOSING}`;
}

/** The scenario that a SQL text asks for; the default one where it asks for none or for nonsense. */
export function scenarioOf(text: string): Scenario {
  const start = text.lastIndexOf(OPENING);
  const end = text.lastIndexOf(CLOSING);
  if (start < 0 || end < start) return {};
  try {
    return JSON.parse(text.slice(start + OPENING.length, end)) as Scenario;
  } catch {
    return {};
  }
}
