import { createRequire } from 'node:module';

/**
 * The server speaks with the driver's own generated Thrift code and the very Arrow and LZ4 versions that the
 * driver reads with. Only `thrift/` of the driver is loaded here, never `dist/`: instrumentation under test
 * must see the first load of that.
 */
const fromDriver = createRequire(createRequire(import.meta.url).resolve('@databricks/sql/package.json'));

export interface ThriftTransport {
  inBuf: Buffer;
  writeCursor: number;
}

interface ThriftModule {
  TBufferedTransport: new (input?: undefined, onFlush?: (message: Buffer) => void) => ThriftTransport;
  TBinaryProtocol: new (transport: ThriftTransport) => object;
}

interface ServiceModule {
  Processor: new (handler: object) => { process(input: object, output: object): void };
}

export interface Int64 {
  toNumber(): number;
}

interface Lz4Module {
  compressFrameSync(data: Buffer): Buffer;
}

export const thrift: ThriftModule = fromDriver('thrift');
export const service: ServiceModule = fromDriver('./thrift/TCLIService');
export const Int64: new (value: number) => Int64 = fromDriver('node-int64');
export const ttypes: typeof import('@databricks/sql/thrift/TCLIService_types.js') = fromDriver(
  './thrift/TCLIService_types',
);
// Arrow's types are found by the CommonJS way of resolving only.
type ArrowModule = typeof import('apache-arrow', { with: { 'resolution-mode': 'require' }});
export const arrow: ArrowModule = fromDriver('apache-arrow');
export const lz4: Lz4Module = fromDriver('lz4-napi');
