import {
  type ConnectionEndpoint,
  ConnectionHandle,
  type ConnectionRoute,
  type ConnectionTelemetryOptions,
  type CredentialHeaders,
} from '../../src/connectionHandle.js';

export interface TestConnectionOptions {
  readonly host?: string;
  readonly port?: number;
  readonly orgId?: string | undefined;
  readonly route?: Partial<ConnectionRoute>;
  readonly customHeaders?: Readonly<Record<string, string>>;
  /** The token of the driver's first request; `undefined`: it has sent none yet. */
  readonly token?: string | undefined;
  /** Default true. */
  readonly hasStaticToken?: boolean;
  readonly telemetry?: ConnectionTelemetryOptions;
  readonly driverVersion?: string;
  readonly driverProduct?: string;
  readonly selfReporting?: boolean;
}

/** A connection without a driver, whose requests the test makes up. */
export class TestConnection extends ConnectionHandle {
  readonly #endpoint: ConnectionEndpoint;

  constructor(options: TestConnectionOptions = {}) {
    const { selfReporting = false } = options;
    super({
      driverVersion: options.driverVersion ?? '2.1.0',
      driverProduct: options.driverProduct ?? 'NodejsDatabricksSqlConnector/2.1.0',
      telemetry: options.telemetry ?? {},
      hasStaticToken: options.hasStaticToken ?? true,
      isSelfReporting: () => selfReporting,
    });
    this.#endpoint = {
      host: options.host ?? 'dbc-1.cloud.databricks.test',
      port: options.port ?? 443,
      orgId: 'orgId' in options ? options.orgId : '123',
      route: { https: true, rejectUnauthorized: true, ...options.route },
      ...(options.customHeaders !== undefined && { customHeaders: options.customHeaders }),
    };
    const token = 'token' in options ? options.token : 'secret';
    if (token !== undefined) {
      this.use(token);
    }
  }

  /** The driver sends a request with this token, or with these headers. */
  use(credentials: string | CredentialHeaders): void {
    const headers =
      typeof credentials === 'string' ? { authorization: `Bearer ${credentials}` } : credentials;
    this.onRequest(this.#endpoint, headers);
  }
}
