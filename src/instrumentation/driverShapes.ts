/**
 * What is touched of the driver's objects, as its versions 1.16 to 2.x have them. The driver's own types
 * are not imported: much of this is private there, and the driver is no dependency of ours.
 */

/** The options of `DBSQLClient.connect()`, as far as they are read; ours are among them. */
export interface DriverConnectOptions {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  readonly authType?: unknown;
  readonly telemetryEnabled?: unknown;
  readonly enableTelemetry?: unknown;
  readonly forceEnableTelemetry?: unknown;
}

/** What the driver makes of the connect options (`HttpConnection.options`). */
export interface DriverHttpOptions {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** `HttpConnection`: one per `connect()`. */
export interface DriverHttpConnection {
  readonly options?: DriverHttpOptions;
  /** Its `ThriftHttpConnection`, once there is one. */
  readonly connection?: DriverWire | undefined;
  getThriftConnection?(): Promise<DriverWire>;
  getRetryPolicy?(): Promise<object>;
}

/** `ThriftHttpConnection`: what the requests of a connection are sent by. */
export interface DriverWire {
  readonly url?: unknown;
  readonly config?: { readonly agent?: unknown; readonly headers?: unknown } | undefined;
  /** The Thrift client that sends by it, once there is one. */
  readonly client?: object | undefined;
}

/** `KernelBackend`. */
export interface DriverKernelBackend {
  /** What it hands to the kernel. */
  nativeOptions?: DriverKernelOptions | undefined;
  readonly context?: DriverClient;
}

/** What the driver hands to the kernel. */
export interface DriverKernelOptions {
  readonly hostName?: unknown;
  readonly httpPath?: unknown;
  readonly authMode?: unknown;
  readonly token?: unknown;
  readonly identityFederationClientId?: unknown;
  readonly checkServerCertificate?: unknown;
  readonly customCaCert?: unknown;
  readonly clientCertPem?: unknown;
  readonly clientKeyPem?: unknown;
  readonly proxy?: unknown;
  readonly telemetryEnabled?: unknown;
}

export interface DriverConfig {
  readonly arrowEnabled?: unknown;
  readonly useCloudFetch?: unknown;
  readonly useLZ4Compression?: unknown;
  readonly socketTimeout?: unknown;
  readonly enableMetricViewMetadata?: unknown;
  /** What the last `connect()` that said so was given; stays over a later one that does not. */
  readonly telemetryEnabled?: unknown;
  /** Headers of the driver's own telemetry requests, the workspace's id among them. */
  readonly customHeaders?: unknown;
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
  readonly authType?: unknown;
  readonly authProvider?: object | undefined;
  readonly connectionProvider?: DriverHttpConnection | undefined;
  /** The Thrift client. It is kept when the client connects again without a close. */
  readonly client?: object | undefined;
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
  readonly backend?: object | undefined;
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
