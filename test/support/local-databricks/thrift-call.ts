import { service, thrift } from './driver-modules.js';

/** One decoded Thrift request, and the way to encode the answer to it. */
export interface ThriftCall {
  readonly method: string;
  readonly request: unknown;
  encode(response: object): Buffer;
}

type Respond = (error: Error | null, response?: object) => void;

const NAME_LENGTH_AT = 4;
const NAME_AT = 8;

/** The method's name stands in the header of the strict binary protocol. */
function methodOf(body: Buffer): string {
  const length = body.readInt32BE(NAME_LENGTH_AT);
  return body.toString('utf8', NAME_AT, NAME_AT + length);
}

/** Decodes a request with the driver's own generated processor. Throws on anything that is not Thrift. */
export function readThriftCall(body: Buffer): ThriftCall {
  const method = methodOf(body);
  const input = new thrift.TBufferedTransport();
  input.inBuf = body;
  input.writeCursor = body.length;

  let encoded: Buffer | undefined;
  const output = new thrift.TBufferedTransport(undefined, (message) => {
    encoded = message;
  });

  // The processor calls the handler at once and encodes whenever `respond` is called. Two declared
  // parameters select its callback style.
  let received: { request: unknown; respond: Respond } | undefined;
  const handler = {
    [method]: (request: unknown, respond: Respond) => {
      received = { request, respond };
    },
  };
  new service.Processor(handler).process(
    new thrift.TBinaryProtocol(input),
    new thrift.TBinaryProtocol(output),
  );
  if (received === undefined) throw new Error(`not a Thrift method of the service: ${method}`);
  const { request, respond } = received;

  return {
    method,
    request,
    encode(response) {
      respond(null, response);
      if (encoded === undefined) throw new Error(`no encoded answer to ${method}`);
      return encoded;
    },
  };
}
