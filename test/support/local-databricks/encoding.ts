import type * as t from '@databricks/sql/thrift/TCLIService_types.js';
import { arrow, lz4, ttypes } from './driver-modules.js';
import type { ColumnHeader, ColumnType, RowSource, Rows, Value } from './rows.js';

/** An Arrow stream, and the two pieces of it that inline results are made of. */
export interface EncodedRows {
  readonly count: number;
  /** The record batch alone: no schema before it, no end marker after it. */
  readonly batch: Buffer;
  readonly stream: Buffer;
}

const END_MARKER_BYTES = 8;
const CACHE_LIMIT = 256;
const cache = new Map<string, EncodedRows>();

/** The schema message of an Arrow stream, without the end marker. */
export function encodeSchema(columns: readonly ColumnHeader[]): Buffer {
  const stream = arrowStream({ count: 0, values: columns.map(() => []) }, columns, false);
  return stream.subarray(0, stream.length - END_MARKER_BYTES);
}

/** LZ4 frames the batch and the whole stream each by itself: that is how the driver undoes it. */
export function encodeArrow(source: RowSource, start: number, count: number, compress: boolean): EncodedRows {
  const key = source.cacheKey && `${source.cacheKey}:${start}:${count}:${compress}`;
  const known = key && cache.get(key);
  if (known) return known;

  const rows = source.rows(start, count);
  const stream = arrowStream(rows, source.columns, true);
  const schemaBytes = encodeSchema(source.columns).length;
  const batch = stream.subarray(schemaBytes, stream.length - END_MARKER_BYTES);
  const encoded = {
    count: rows.count,
    batch: compress ? lz4.compressFrameSync(batch) : batch,
    stream: compress ? lz4.compressFrameSync(stream) : stream,
  };
  if (key && cache.size < CACHE_LIMIT) cache.set(key, encoded);
  return encoded;
}

function arrowStream(rows: Rows, columns: readonly ColumnHeader[], withBatch: boolean): Buffer {
  const schema = new arrow.Schema(
    columns.map(({ name, type }) => new arrow.Field(name, arrowType(type), true)),
  );
  const writer = new arrow.RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  if (withBatch) {
    const children = columns.map(({ type }, i) => columnData(type, rows.values[i] ?? []));
    const type = new arrow.Struct(schema.fields);
    writer.write(
      new arrow.RecordBatch(schema, arrow.makeData({ type, length: rows.count, nullCount: 0, children })),
    );
  }
  writer.finish();
  return Buffer.from(writer.toUint8Array(true));
}

// Plain Utf8: the driver does not understand the dictionaries that Arrow would pick for strings.
const arrowType = (type: ColumnType) => (type === 'int' ? new arrow.Int32() : new arrow.Utf8());

function columnData(type: ColumnType, values: readonly Value[]) {
  const [data] = arrow.vectorFromArray([...values], arrowType(type)).data;
  return data ?? arrow.makeData({ type: arrowType(type) });
}

export interface EncodedColumns {
  readonly columns: t.TColumn[];
  readonly bytes: number;
}

/** The column-based format: plain Thrift lists. */
export function encodeColumns(rows: Rows, headers: readonly ColumnHeader[]): EncodedColumns {
  let bytes = 0;
  const columns = headers.map(({ type }, i): t.TColumn => {
    const values = rows.values[i] ?? [];
    const nulls = nullBits(values);
    bytes += nulls.length;
    if (type === 'int') {
      const numbers = values.map((value) => Number(value ?? 0));
      bytes += numbers.length * 4;
      return { i32Val: { values: numbers, nulls } };
    }
    const texts = values.map((value) => String(value ?? ''));
    for (const text of texts) bytes += Buffer.byteLength(text);
    return { stringVal: { values: texts, nulls } };
  });
  return { columns, bytes };
}

/** One bit per row, and none at all where nothing is null. */
function nullBits(values: readonly Value[]): Buffer {
  if (!values.includes(null)) return Buffer.alloc(0);
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value === null) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i % 8));
  });
  return bits;
}

const THRIFT_TYPES: Readonly<Record<ColumnType, t.TTypeId>> = {
  int: ttypes.TTypeId.INT_TYPE,
  string: ttypes.TTypeId.STRING_TYPE,
  map: ttypes.TTypeId.MAP_TYPE,
};

export function thriftSchema(columns: readonly ColumnHeader[]): t.TTableSchema {
  return {
    columns: columns.map(({ name, type }, i) => ({
      columnName: name,
      typeDesc: { types: [{ primitiveEntry: { type: THRIFT_TYPES[type] } }] },
      position: i + 1,
    })),
  };
}
