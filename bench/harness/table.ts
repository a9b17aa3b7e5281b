import type { Row } from './bench.js';

const COLUMNS = ['bench', 'measured', 'figure', 'spread', 'beside', 'ratio', 'reach', ''] as const;

/** All rows as one table. */
export function tableOf(
  results: ReadonlyArray<{ readonly name: string; readonly rows: readonly Row[] }>,
): string {
  const lines = results.flatMap(({ name, rows }) => [
    ...rows.map((row, index) => cellsOf(index === 0 ? name : '', row)),
    [],
  ]);
  const widths = COLUMNS.map((title, column) =>
    Math.max(title.length, ...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const write = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [write(COLUMNS), write(widths.map((width) => '-'.repeat(width))), ...lines.map(write)].join('\n');
}

function cellsOf(name: string, row: Row): string[] {
  const { what, value, unit, spread, beside, ratio, reach } = row;
  return [
    name,
    what,
    `${rounded(value)} ${unit}`,
    Number.isNaN(spread) ? '' : `± ${rounded(spread)}`,
    beside === undefined ? '' : `${beside.what}: ${rounded(beside.value)}`,
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
    reach?.text ?? '',
    reach === undefined ? '' : reach.reached ? 'reached' : 'NOT REACHED',
  ];
}

function rounded(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === 0) {
    return Math.round(value).toLocaleString('en');
  }
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
