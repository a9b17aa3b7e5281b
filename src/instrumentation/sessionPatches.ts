import { type Attributes, isSpanContextValid } from '@opentelemetry/api';
import { isQueryTextSuppressed } from '../context.js';
import { DB_SYSTEM, Tag } from '../tags/index.js';
import { originalOf } from './directSpan.js';
import type { DriverOperation, DriverSession, DriverStatementOptions } from './driverShapes.js';
import type { DriverTracer } from './driverTracer.js';
import type { Method, MethodPatches } from './methodPatches.js';
import { addStatementTags } from './queryTags.js';
import { namespaceOf, type SessionState } from './sessionState.js';
import type { StatementLife } from './statementLife.js';

/** Metadata calls that give an operation, and the type of each. */
const METADATA_CALLS: ReadonlyMap<string, string> = new Map([
  ['getTypeInfo', 'LIST_TYPE_INFO'],
  ['getCatalogs', 'LIST_CATALOGS'],
  ['getSchemas', 'LIST_SCHEMAS'],
  ['getTables', 'LIST_TABLES'],
  ['getTableTypes', 'LIST_TABLE_TYPES'],
  ['getColumns', 'LIST_COLUMNS'],
  ['getFunctions', 'LIST_FUNCTIONS'],
  ['getPrimaryKeys', 'LIST_PRIMARY_KEYS'],
  ['getCrossReference', 'LIST_CROSS_REFERENCES'],
]);

/** What is done to a file of a volume, by the driver's method that does it. */
const VOLUME_CALLS: ReadonlyMap<string, string> = new Map([
  ['handleStagingGet', 'GET'],
  ['handleStagingPut', 'PUT'],
  ['handleStagingRemove', 'DELETE'],
]);

/** What requests for metadata have in common, as far as it matters here. */
interface MetadataRequest {
  readonly catalogName?: unknown;
  readonly schemaName?: unknown;
  readonly tableName?: unknown;
}

/** Patches `DBSQLSession.prototype`: statements, metadata calls, volume transfers, close. */
export function patchSession(prototype: object, patches: MethodPatches, tracer: DriverTracer): void {
  patches.wrap<DriverSession>(prototype, 'executeStatement', (original) =>
    wrapExecuteStatement(original, tracer),
  );
  for (const [name, type] of METADATA_CALLS) {
    patches.wrap<DriverSession>(prototype, name, (original) =>
      wrapMetadataCall(original, tracer, name, type),
    );
  }
  patches.wrap<DriverSession>(prototype, 'getInfo', (original) => wrapGetInfo(original, tracer));
  for (const [name, type] of VOLUME_CALLS) {
    patches.wrap<DriverSession>(prototype, name, (original) => wrapVolumeCall(original, type));
  }
  patches.wrap<DriverSession>(prototype, 'close', (original) => wrapClose(original, tracer));
}

/** The session as `executeStatement` sees it while a volume transfer may be under way. */
interface TransferSession extends DriverSession {
  readonly [STATEMENT]?: StatementLife;
}
const STATEMENT = Symbol('statement of a volume transfer');

function wrapExecuteStatement(original: Method<DriverSession>, tracer: DriverTracer): Method<DriverSession> {
  return function executeStatement(this: DriverSession, ...args) {
    const session = tracer.enabled ? tracer.sessions.get(this) : undefined;
    const sql = args[0];
    if (session === undefined || typeof sql !== 'string') {
      return original.apply(this, args);
    }
    const options = args[1] as DriverStatementOptions | undefined;
    const statement = tracer.attempt(() => {
      const attributes = session.tags();
      attributes[Tag.operationType] = 'EXECUTE_STATEMENT';
      const withText = !isQueryTextSuppressed(tracer.contexts.active());
      const keep = withText && tracer.config.queryText !== 'off';
      const statement = tracer.knownStatements.get(sql, keep);
      const summary = addStatementTags(
        attributes,
        { sql, statement, options, withText },
        tracer.config,
        tracer.userCode,
      );
      const name = summary.summary ?? targetName('executeStatement', session);
      const request = { operation: 'executeStatement', statement: sql, request: options };
      const { connection } = session;
      return tracer.startStatement(connection, name, attributes, request);
    });
    if (statement === undefined) {
      return original.apply(this, args);
    }
    const sent = tracer.config.traceparentQueryTag ? withTraceQueryTag(args, options, statement) : args;
    const mayTransfer = options?.stagingAllowedLocalPath !== undefined;
    const target = mayTransfer ? forTransfer(this, statement, tracer) : this;
    return observeStart(tracer, statement, () => original.apply(target, sent));
  };
}

function wrapMetadataCall(
  original: Method<DriverSession>,
  tracer: DriverTracer,
  method: string,
  operationType: string,
): Method<DriverSession> {
  return function metadataCall(this: DriverSession, ...args) {
    const session = tracer.enabled ? tracer.sessions.get(this) : undefined;
    if (session === undefined) {
      return original.apply(this, args);
    }
    const statement = tracer.attempt(() => {
      const attributes = metadataTags(session, method);
      attributes[Tag.operationType] = operationType;
      const request = args[0] as MetadataRequest | undefined;
      const namespace = namespaceOf(request?.catalogName, request?.schemaName);
      if (namespace !== undefined) {
        attributes[Tag.dbNamespace] = namespace;
      }
      // The only call that names one table: elsewhere the name is a pattern, or there are two.
      const table = method === 'getPrimaryKeys' ? request?.tableName : undefined;
      const collection = typeof table === 'string' && table !== '' ? table : undefined;
      if (collection !== undefined) {
        attributes[Tag.dbCollectionName] = collection;
      }
      const name = targetName(method, session, collection ?? namespace);
      const told = { operation: method, request };
      return tracer.startStatement(session.connection, name, attributes, told);
    });
    const call = () => original.apply(this, args);
    return statement === undefined ? call() : observeStart(tracer, statement, call);
  };
}

function wrapGetInfo(original: Method<DriverSession>, tracer: DriverTracer): Method<DriverSession> {
  return function getInfo(this: DriverSession, ...args) {
    const session = tracer.enabled ? tracer.sessions.get(this) : undefined;
    if (session === undefined) {
      return original.apply(this, args);
    }
    return tracer.traceCall(
      session.connection,
      'getInfo',
      () => metadataTags(session, 'getInfo'),
      { operation: 'getInfo', request: args[0] },
      () => original.apply(this, args) as Promise<unknown>,
    );
  };
}

function wrapVolumeCall(original: Method<DriverSession>, type: string): Method<DriverSession> {
  return function volumeCall(this: DriverSession, ...args) {
    const statement = (this as TransferSession)[STATEMENT];
    if (statement === undefined) {
      return original.apply(this, args);
    }
    const { measures } = statement;
    measures.volumeOperation = type;
    measures.ledger.downloadBegins(performance.now());
    const promise = original.apply(this, args) as Promise<unknown>;
    const ended = () => measures.ledger.downloadEnds(performance.now());
    promise.then(ended, ended);
    return promise;
  };
}

function wrapClose(original: Method<DriverSession>, tracer: DriverTracer): Method<DriverSession> {
  return function close(this: DriverSession, ...args) {
    const session = tracer.enabled ? tracer.sessions.get(this) : undefined;
    if (session === undefined || this.isOpen === false) {
      return original.apply(this, args);
    }
    return tracer.traceCall(
      session.connection,
      'closeSession',
      () => ({
        ...session.tags(),
        [Tag.dbOperationName]: 'closeSession',
        [Tag.operationType]: 'DELETE_SESSION',
      }),
      { operation: 'closeSession' },
      () => original.apply(this, args) as Promise<unknown>,
    );
  };
}

/** Runs the call that starts a statement; the promise that comes back is the driver's own. */
function observeStart(tracer: DriverTracer, statement: StatementLife, call: () => unknown): unknown {
  const { startedAt, activeContext } = statement.start;
  statement.enter(startedAt);
  const inner = tracer.startInnerSpan(statement, 'execute', EXECUTE_TAGS, startedAt);
  const promise = tracer.contexts.with(activeContext, call) as Promise<DriverOperation>;
  promise.then(
    (operation) => {
      const now = performance.now();
      tracer.guard(() => {
        tracer.endSpan(inner, now);
        tracer.attach(statement, operation, now);
        statement.onStarted(now);
      });
      statement.leave(now);
    },
    (error: unknown) => {
      const now = performance.now();
      tracer.guard(() => {
        tracer.endSpan(inner, now);
        statement.onExecuteFailure(error, now);
      });
      statement.leave(now);
    },
  );
  return promise;
}

const EXECUTE_TAGS: Attributes = { [Tag.dbSystemName]: DB_SYSTEM };

/**
 * A volume transfer happens whole inside `executeStatement`: its operation must be known before that
 * returns. The stand-in is the session in everything but the factory of operations.
 */
function forTransfer(session: DriverSession, statement: StatementLife, tracer: DriverTracer): DriverSession {
  return Object.create(session, {
    [STATEMENT]: { value: statement },
    wrapOperation: {
      value: (backend: object) => {
        const operation = session.wrapOperation(backend);
        tracer.guard(() => tracer.attach(statement, operation, performance.now()));
        return operation;
      },
    },
  });
}

/** The arguments with the ids of the statement's span among the query tags. */
function withTraceQueryTag(
  args: unknown[],
  options: DriverStatementOptions | undefined,
  statement: StatementLife,
): unknown[] {
  const spanContext = originalOf(statement.span).spanContext();
  if (!isSpanContextValid(spanContext)) {
    return args;
  }
  const { traceId, spanId } = spanContext;
  const queryTags = { trace_id: traceId, span_id: spanId, ...(options?.queryTags as object | undefined) };
  return [args[0], { ...options, queryTags }, ...args.slice(2)];
}

function metadataTags(session: SessionState, method: string): Attributes {
  const attributes = session.tags();
  attributes[Tag.dbOperationName] = method;
  attributes[Tag.statementType] = 'METADATA';
  return attributes;
}

/** The conventions' `{db.operation.name} {target}`. */
function targetName(method: string, session: SessionState, namespace = session.namespace): string {
  const target = namespace ?? session.connection.address;
  return target === '' ? method : `${method} ${target}`;
}
