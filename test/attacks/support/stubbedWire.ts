import { createRequire } from 'node:module';
import type { Exchange } from '../../support/local-databricks/exchange.js';
import { Gate } from '../../support/local-databricks/gate.js';
import { Pauses } from '../../support/local-databricks/pauses.js';
import { RpcFaults } from '../../support/local-databricks/rpc-faults.js';
import { ThriftService } from '../../support/local-databricks/thrift-service.js';
import { TruthBook } from '../../support/local-databricks/truth.js';

/** What one connection of the driver has sent: each has an agent of its own. */
export interface SeenConnection {
  /** `host:port` */
  readonly address: string;
  /** Values of `Authorization`. */
  readonly credentials: Set<string>;
}

/** The HTTP client of the driver with the network taken away: requests are answered in this process. */
export interface StubbedWire {
  /** By which connection each session was opened. */
  readonly openers: ReadonlyMap<string, SeenConnection>;
  readonly connections: readonly SeenConnection[];
  /** Forgets all, servers included. */
  reset(): void;
  /** Gives the driver its HTTP client back. */
  restore(): void;
}

interface DriverRequest {
  readonly url: string;
  readonly agent: object;
  readonly headers: { get(name: string): string | null };
  readonly body: Buffer;
}

const fromDriver = createRequire(createRequire(import.meta.url).resolve('@databricks/sql/package.json'));

export function stubWire(): StubbedWire {
  const fetchModule = fromDriver('node-fetch') as { default: unknown };
  const original = fetchModule.default;
  const servers = new Map<string, { readonly service: ThriftService; readonly truth: TruthBook }>();
  let requests = 0;
  let byAgent = new Map<object, SeenConnection>();
  const openers = new Map<string, SeenConnection>();

  function serverAt(address: string) {
    let server = servers.get(address);
    if (server === undefined) {
      const truth = new TruthBook(true);
      const pauses = new Pauses();
      server = { truth, service: new ThriftService(truth, new Gate(truth, new RpcFaults(), pauses), pauses) };
      servers.set(address, server);
    }
    return server;
  }

  function seen(agent: object, address: string): SeenConnection {
    let connection = byAgent.get(agent);
    if (connection === undefined) {
      connection = { address, credentials: new Set() };
      byAgent.set(agent, connection);
    }
    return connection;
  }

  async function answer({ url, agent, headers, body }: DriverRequest): Promise<object> {
    const { hostname, port } = new URL(url);
    const address = `${hostname}:${port === '' ? 443 : port}`;
    const authorization = headers.get('authorization') ?? '';
    const connection = seen(agent, address);
    connection.credentials.add(authorization);
    const { service, truth } = serverAt(address);
    let encoded: Buffer = Buffer.alloc(0);
    const response = { writeHead: () => response, end: (bytes: Buffer) => (encoded = bytes) };
    // The server notes whose session it is: a name for this very request tells it from others at the same time.
    const token = `request ${++requests}`;
    const request = { headers: { authorization: `Bearer ${token}`, host: address } };
    await service.serve({ request, response, path: '/', body } as unknown as Exchange);
    for (const session of truth.sessions) {
      if (session.token === token) {
        openers.set(session.id, connection);
      }
    }
    return { status: 200, buffer: async () => encoded };
  }

  fetchModule.default = answer;
  return {
    openers,
    get connections() {
      return [...byAgent.values()];
    },
    reset() {
      for (const { truth } of servers.values()) {
        truth.clear();
      }
      byAgent = new Map();
      openers.clear();
    },
    restore() {
      fetchModule.default = original;
    },
  };
}
