/** The part of `@elastic/mockotlpserver` that is used here; the package brings no types. */
declare module '@elastic/mockotlpserver' {
  interface MockOtlpServerOptions {
    logLevel?: string;
    services?: ReadonlyArray<'http' | 'grpc' | 'ui'>;
    httpHostname?: string;
    /** 0: any free port. */
    httpPort?: number;
    grpcHostname?: string;
    /** 0: any free port. */
    grpcPort?: number;
    onTrace?: (request: object) => void;
    onMetrics?: (request: object) => void;
    onLogs?: (request: object) => void;
  }

  export class MockOtlpServer {
    constructor(options?: MockOtlpServerOptions);
    readonly httpUrl: URL | null;
    readonly grpcUrl: URL | null;
    start(): Promise<void>;
    close(): Promise<void>;
  }

  /** The request as plain JSON: ids in hexadecimal, attributes as an object, enums as their names. */
  export function normalizeTrace(request: object): unknown;
  export function normalizeMetrics(request: object): unknown;
}
