import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Answer, answerFor } from './answers.js';
import type {
  LifeEvent,
  OperationDetail,
  OperationSummary,
  RecordState,
  StateView,
  TableRow,
} from './model.js';
import type { Source } from './source.js';
import { type SupportBundle, supportBundle } from './supportBundle.js';
import { tableRows } from './tableRows.js';
import { tagLines } from './tagLines.js';
import { versionFacts } from './versions.js';
import { fieldsOf, logsOf } from './wireLog.js';

/** Logs of a file that are shown: the latest. */
const MAX_LOGS = 500;

/** A request, as a line of the file has it: its body, and what became of it if the file says so. */
interface FileRequest {
  readonly at: number;
  readonly host: string;
  readonly path: string | undefined;
  readonly outcome: string | undefined;
  readonly bodyBytes: number;
  /** Logs in it, and those of them that the server did not keep. */
  readonly sent: number;
  readonly rejected: number;
}

/** A log of the file. */
interface FileLog {
  readonly id: number;
  readonly log: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly life: LifeEvent[];
  request: FileRequest;
}

/** What a dry run or an exporter with `copyTo` has written. There are no spans in it, so the local column is empty. */
export class FileSource implements Source {
  readonly #path: string;
  readonly #logs: readonly FileLog[];
  readonly #total: number;
  readonly #skipped: number;

  /** @throws Error if the file can't be read */
  static async read(path: string): Promise<FileSource> {
    const logs = new Map<string, FileLog>();
    let total = 0;
    let skipped = 0;
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const texts = logsOf(line);
      const request = requestOf(line, texts.length);
      skipped += line.trim() !== '' && texts.length === 0 ? 1 : 0;
      for (const log of texts) {
        const fields = fieldsOf(log);
        const eventId = fields.get('frontend_log_event_id') ?? `line ${total}`;
        const known = logs.get(eventId);
        if (known === undefined) {
          total++;
          logs.set(eventId, { id: total, log, fields, life: [], request });
          forgetOldest(logs);
        }
        addRequest(logs.get(eventId), request);
      }
    }
    return new FileSource(path, [...logs.values()], total, skipped);
  }

  private constructor(path: string, logs: readonly FileLog[], total: number, skipped: number) {
    this.#path = path;
    this.#logs = logs;
    this.#total = total;
    this.#skipped = skipped;
  }

  /** There is no record in it. */
  get isEmpty(): boolean {
    return this.#total === 0;
  }

  state(): StateView {
    return {
      at: Date.now(),
      source: 'file',
      title: this.#path,
      versions: versionFacts(),
      totals: [
        { name: 'Records in the file', value: String(this.#total) },
        { name: 'Shown', value: String(this.#logs.length), note: `the latest, ${MAX_LOGS} at most` },
        {
          name: 'Lines that are no requests',
          value: String(this.#skipped),
          ...(this.#skipped > 0 ? { tone: 'warn' as const } : {}),
        },
      ],
      connections: [],
      open: { total: 0, latest: [] },
      hosts: [],
      losses: [],
      inspector: [{ name: 'File', value: this.#path }],
    };
  }

  operations(): readonly OperationSummary[] {
    return this.#logs.map(summaryOf);
  }

  takeChanged(): readonly OperationSummary[] {
    return [];
  }

  operation(id: number): OperationDetail | undefined {
    const found = this.#logs.find((log) => log.id === id);
    if (found === undefined) {
      return undefined;
    }
    const { log, fields, life, request } = found;
    return {
      summary: summaryOf(found),
      traceId: '',
      spanId: '',
      lines: tagLines({}, { fields, wasSent: true }, { withheld: new Set(), localRule: () => undefined }),
      records: [
        {
          title: 'The record',
          state: stateOf(request),
          life,
          eventId: fields.get('frontend_log_event_id'),
          log,
          wasSent: true,
          bodyBytes: request.bodyBytes,
        },
      ],
    };
  }

  texts(): undefined {
    return undefined;
  }

  table(): readonly TableRow[] {
    const seen = new Set(this.#logs.flatMap(({ fields }) => [...fields.keys()]));
    return tableRows((field) => seen.has(field), new Set());
  }

  bundle(): SupportBundle {
    return supportBundle(
      {},
      {},
      this.#logs.map(({ log, life, request }) => ({
        state: stateOf(request),
        reason: answerOf(request)?.reason,
        life,
        wasSent: true,
        log,
      })),
    );
  }

  watch(): () => void {
    return () => undefined;
  }
}

function forgetOldest(logs: Map<string, FileLog>): void {
  const [oldest] = logs.keys();
  if (logs.size > MAX_LOGS && oldest !== undefined) {
    logs.delete(oldest);
  }
}

function addRequest(log: FileLog | undefined, request: FileRequest): void {
  if (log === undefined) {
    return;
  }
  const { at, path, outcome } = request;
  const answer = answerOf(request);
  log.request = request;
  if (outcome === undefined || answer === undefined) {
    log.life.push({ at, kind: 'written' });
  } else {
    log.life.push({ at, outcome, ...(path === undefined ? {} : { path }), ...answer.event });
  }
}

/** @param logs how many there are in the line */
function requestOf(line: string, logs: number): FileRequest {
  const { uploadTime, sent } = parsed(line);
  const { at, host, path, outcome, rejected } = record(sent);
  const time = typeof at === 'string' ? Date.parse(at) : Number(uploadTime);
  return {
    at: Number.isFinite(time) ? time : 0,
    host: text(host) ?? '',
    path: text(path),
    outcome: text(outcome),
    bodyBytes: Buffer.byteLength(line),
    sent: logs,
    rejected: Number.isInteger(rejected) ? Math.min(Math.max(Number(rejected), 0), logs) : 0,
  };
}

function summaryOf({ id, fields, request }: FileLog): OperationSummary {
  const operation = fields.get('sql_operation.operation_detail.operation_type');
  const statement = fields.get('sql_operation.statement_type');
  const kind = operation ?? statement ?? '';
  return {
    id,
    at: request.at,
    kind,
    name: fields.get('sql_statement_id') ?? kind,
    host: request.host,
    durationMs: Number(fields.get('operation_latency_ms') ?? 0),
    error: fields.get('error_info.error_name'),
    state: stateOf(request),
    reason: answerOf(request)?.reason ?? request.outcome,
    times: [],
  };
}

function stateOf(request: FileRequest): RecordState {
  return answerOf(request)?.state ?? 'written';
}

/** @returns `undefined` for what was not sent */
function answerOf({ outcome, sent, rejected }: FileRequest): Answer | undefined {
  return outcome === undefined ? undefined : answerFor({ accepted: /^2\d\d$/.test(outcome), rejected, sent });
}

function parsed(line: string): Record<string, unknown> {
  try {
    return record(JSON.parse(line));
  } catch {
    return {};
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
