/**
 * What is touched of the driver's objects, as its versions 1.16 to 2.x have them. The driver's own types
 * are not imported: much of this is private there, and the driver is no dependency of ours.
 */

export interface DriverProxyOptions {
  readonly protocol?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
  readonly auth?: { readonly username?: unknown; readonly password?: unknown } | undefined;
}

/** The options of `DBSQLClient.connect()`, with ours among them. */
export interface DriverConnectOptions {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  readonly authType?: unknown;
  readonly token?: unknown;
  readonly staticToken?: unknown;
  readonly tokenProvider?: unknown;
  readonly getToken?: unknown;
  readonly provider?: unknown;
  readonly persistence?: unknown;
  readonly oauthClientId?: unknown;
  readonly oauthClientSecret?: unknown;
  readonly azureTenantId?: unknown;
  readonly customHeaders?: unknown;
  readonly telemetryEnabled?: unknown;
  readonly enableTelemetry?: unknown;
  readonly forceEnableTelemetry?: unknown;
  readonly useKernel?: unknown;
}

/** What the driver makes of the connect options (`getConnectionOptions`, `HttpConnection.options`). */
export interface DriverHttpOptions {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly https?: unknown;
  readonly proxy?: DriverProxyOptions | undefined;
  readonly ca?: unknown;
  readonly cert?: unknown;
  readonly key?: unknown;
  readonly rejectUnauthorized?: unknown;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** `HttpConnection`: holds the headers that the driver's authentication last produced. */
export interface DriverHttpConnection {
  options?: DriverHttpOptions;
  headers?: unknown;
  setHeaders?(headers: unknown): void;
  getRetryPolicy?(): Promise<object>;
}

export interface DriverConfig {
  readonly arrowEnabled?: unknown;
  readonly useCloudFetch?: unknown;
  readonly useLZ4Compression?: unknown;
  readonly socketTimeout?: unknown;
  readonly enableMetricViewMetadata?: unknown;
}

export interface DriverClient {
  connect(options: DriverConnectOptions, authProvider?: unknown): Promise<unknown>;
  openSession(request?: {
    readonly initialCatalog?: unknown;
    readonly initialSchema?: unknown;
  }): Promise<DriverSession>;
  close(): Promise<void>;
  getConfig(): DriverConfig;
  getConnectionOptions?(options: DriverConnectOptions): DriverHttpOptions;
  readonly host?: unknown;
  readonly httpPath?: unknown;
  readonly authType?: unknown;
  readonly authProvider?: unknown;
  readonly connectionProvider?: DriverHttpConnection | undefined;
  readonly backend?: object | undefined;
  /** There while the driver's own telemetry reports this client. */
  readonly telemetryEmitter?: unknown;
}

export interface DriverStatementOptions {
  readonly namedParameters?: Readonly<Record<string, unknown>>;
  readonly ordinalParameters?: readonly unknown[];
  readonly stagingAllowedLocalPath?: unknown;
  readonly queryTags?: unknown;
}

export interface DriverSession {
  readonly id: string;
  readonly context?: DriverClient;
  readonly isOpen?: boolean;
  executeStatement(statement: string, options?: DriverStatementOptions): Promise<DriverOperation>;
  wrapOperation(backend: object): DriverOperation;
  close(): Promise<unknown>;
}

export interface DriverOperation {
  readonly id: string;
  readonly backend: DriverOperationBackend;
  readonly closed?: boolean;
  readonly cancelled?: boolean;
}

/** `ThriftOperationBackend`, or `KernelOperationBackend` as far as marked. */
export interface DriverOperationBackend {
  hasResultSet(): boolean;
  /** Thrift: the row source that result handlers read from. */
  readonly dataProvider?: object;
  /** Thrift: set once the operation's state is final. */
  readonly operationStatus?: DriverOperationStatus | null | undefined;
  /** Thrift: what the server last said, a value of `TOperationState`. */
  readonly state?: unknown;
  /** Thrift: there while the result's metadata is asked for. */
  readonly metadataPromise?: unknown;
  /** Thrift: set once the result's metadata is known. */
  readonly metadata?:
    | { readonly resultFormat?: unknown; readonly lz4Compressed?: unknown }
    | null
    | undefined;
  thriftStatusResponse?(progress: boolean): Promise<DriverOperationStatus>;
  /** Kernel: statements that know the server's id. */
  readonly blockingStatement?: { readonly statementId?: unknown } | undefined;
  readonly asyncStatement?: { readonly statementId?: unknown } | undefined;
  readonly statement?: { readonly statementId?: unknown } | undefined;
}

/** `TGetOperationStatusResp`. */
export interface DriverOperationStatus {
  readonly operationState?: unknown;
  /** Epoch milliseconds of the server's clock, where it tells them: objects that convert to numbers. */
  readonly operationStarted?: unknown;
  readonly operationCompleted?: unknown;
}

/** `TOperationState.FINISHED_STATE`. */
export const FINISHED_STATE = 2;

/** Final values of `TOperationState` other than FINISHED, and the `OperationStateErrorCode` of each. */
export const FAILED_STATES: ReadonlyMap<unknown, string> = new Map([
  [3, 'CANCELED'],
  [4, 'CLOSED'],
  [5, 'ERROR'],
  [6, 'UNKNOWN'],
  [8, 'TIMEOUT'],
]);

/** `TSparkRowSetType` and the telemetry's name of each. */
export const RESULT_FORMATS: ReadonlyMap<unknown, string> = new Map([
  [0, 'INLINE_ARROW'],
  [1, 'COLUMNAR_INLINE'],
  [3, 'EXTERNAL_LINKS'],
]);

/** `TRowSet`, as far as it is counted. */
export interface DriverRowSet {
  readonly arrowBatches?: ReadonlyArray<{ readonly batch?: { readonly length: number } }> | undefined;
  readonly resultLinks?: readonly unknown[] | undefined;
}

/** `RowSetProvider`: pages of a result. */
export interface DriverRowSource {
  /** Pages that came with an earlier answer. */
  readonly prefetchedResults?: readonly unknown[];
}

/** `TSparkArrowResultLink`. Its `fileLink` is a presigned URL and is never read. */
export interface DriverResultLink {
  readonly rowCount?: { toNumber(allowImprecise?: boolean): number } | undefined;
}

/** What `CloudFetchResultHandler.downloadLink` resolves to. */
export interface DriverDownloadedBatch {
  readonly batches?: ReadonlyArray<{ readonly length: number }>;
}

export interface DriverCloudFetchHandler {
  readonly source?: object;
  readonly isLZ4Compressed?: unknown;
}
