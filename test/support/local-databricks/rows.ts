export type ColumnType = 'int' | 'string' | 'map';
export type Value = number | string | null;

export interface ColumnHeader {
  readonly name: string;
  /** A map travels as JSON text, as Databricks does for clients without native complex types. */
  readonly type: ColumnType;
}

/** A piece of a result, column by column. */
export interface Rows {
  readonly count: number;
  readonly values: readonly (readonly Value[])[];
}

/** Where a statement's rows come from. */
export interface RowSource {
  readonly columns: readonly ColumnHeader[];
  /** Unset: as many as the scenario asks for. */
  readonly total?: number;
  /** Same key, same rows: what was encoded once need not be encoded again. */
  readonly cacheKey?: string;
  rows(start: number, count: number): Rows;
}

/** What every query returns: `id` counts from 0 over all pages, `name` follows from it. */
export const generatedRows: RowSource = {
  columns: [
    { name: 'id', type: 'int' },
    { name: 'name', type: 'string' },
  ],
  cacheKey: 'generated',
  rows(start, count) {
    const ids = Array.from({ length: count }, (_, i) => start + i);
    return { count, values: [ids, ids.map((id) => `row-${id}`)] };
  },
};

/** The rows that a client must get from a scenario with this many of them. */
export function expectedRows(count: number, start = 0): { id: number; name: string }[] {
  return Array.from({ length: count }, (_, i) => ({ id: start + i, name: `row-${start + i}` }));
}

/** A result that is always the same few rows. */
export function fixedRows(columns: readonly ColumnHeader[], rows: readonly (readonly Value[])[]): RowSource {
  return {
    columns,
    total: rows.length,
    rows(start, count) {
      const slice = rows.slice(start, start + count);
      return { count: slice.length, values: columns.map((_, i) => slice.map((row) => row[i] ?? null)) };
    },
  };
}

export const noRows: RowSource = fixedRows([], []);
