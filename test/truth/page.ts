import { OPERATION_FIELD_NAMES } from './fields.js';
import type { Verdict } from './judge.js';
import type { Backend, Reason } from './scenario.js';
import type { ConnectionTable, TableRow } from './table.js';

export interface BackendTables {
  readonly backend: Backend;
  readonly ours: readonly TableRow[];
  readonly driver: readonly TableRow[];
  readonly ourConnection: ConnectionTable;
  readonly driverConnection: ConnectionTable;
}

const REASONS: Readonly<Record<Reason, string>> = {
  'kernel-inside':
    'The kernel polls, retries, downloads and decodes inside its native part, and shows neither counts nor times nor the format of the result.',
  'kernel-metadata-id': 'The kernel does not show the server’s id of a metadata call.',
  'kernel-empty-result':
    'The kernel shows a statement that the server had closed already as an empty result, without an error.',
  'rejected-id': 'Who rejects the request gives it no id.',
  'never-asked': 'The application closed before anybody asked the server for it: it was never told.',
  'never-fetched': 'The links came with the first answer, but nobody fetched: they were never looked at.',
};
const NOTE_NUMBERS = new Map(Object.keys(REASONS).map((reason, index) => [reason, index + 1]));

const TITLES: Readonly<Record<Backend, string>> = { thrift: 'Thrift', kernel: 'Kernel' };
const DRIVERS: Readonly<Record<Backend, string>> = {
  thrift: 'its JavaScript telemetry, on by default',
  kernel: 'the telemetry of its native part, which `telemetryEnabled: true` switches on',
};

/** docs/truth-table.md. No measured time is in it, so that it is the same for every run. */
export function renderPage(tables: readonly BackendTables[]): string {
  return [
    HEADER,
    ...tables.flatMap(renderBackend),
    ...renderConnections(tables),
    '## Notes',
    '',
    ...Object.values(REASONS).map((reason, index) => `${index + 1}. ${reason}`),
    '',
  ].join('\n');
}

/**
 * The page without what depends on how busy the machine was: whether a time of the driver's is right. Ours
 * are, whatever the load.
 */
export function withoutDriverTimes(page: string): string {
  const first = OPERATION_FIELD_NAMES.map((name) => (isTime(name) ? name : undefined));
  return page
    .replaceAll(/the driver’s: [^.]*/g, '')
    .split('\n')
    .map((line) => {
      const cells = line.split(' | ');
      return cells.length < OPERATION_FIELD_NAMES.length
        ? line
        : cells.map((cell, i) => (first[i - 2] === undefined ? cell : cell.split(' ')[0])).join(' | ');
    })
    .join('\n');
}

const isTime = (name: string): boolean => /latency|time/.test(name);

function renderBackend({ backend, ours, driver }: BackendTables): string[] {
  const columns = ['operation', 'logs', ...OPERATION_FIELD_NAMES, 'chunk_id'];
  return [
    `## ${TITLES[backend]} backend, driver 2.1`,
    '',
    `The driver: ${DRIVERS[backend]}. ${summary(ours, driver)}`,
    '',
    `| ${columns.map(code).join(' | ')} |`,
    `|${' --- |'.repeat(columns.length)}`,
    ...ours.map((row, index) => renderRow(row, driver[index])),
    '',
  ];
}

function renderRow(ours: TableRow, driver: TableRow | undefined): string {
  const cells = [
    ours.scenario.name,
    `${logs(ours)} ${driver === undefined ? '' : logs(driver)}`,
    ...OPERATION_FIELD_NAMES.map(
      (name) => `${symbol(ours.judgement.fields[name])} ${symbol(driver?.judgement.fields[name])}`,
    ),
    `${symbol(ours.failedFiles ?? '–')} ${symbol(driver?.failedFiles ?? '–')}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** How many logs there are, those of failed downloads left out. */
function logs({ judgement }: TableRow): string {
  return String(judgement.logs);
}

function renderConnections(tables: readonly BackendTables[]): string[] {
  const names = [...(tables[0]?.ourConnection.keys() ?? [])];
  return [
    '## The description of a connection',
    '',
    `| field | ${tables.map(({ backend }) => TITLES[backend]).join(' | ')} |`,
    `|${' --- |'.repeat(tables.length + 1)}`,
    ...names.map((name) => {
      const cells = tables.map(
        ({ ourConnection, driverConnection }) =>
          `${symbol(ourConnection.get(name))} ${symbol(driverConnection.get(name))}`,
      );
      return `| ${code(name)} | ${cells.join(' | ')} |`;
    }),
    '',
  ];
}

function summary(ours: readonly TableRow[], driver: readonly TableRow[]): string {
  const count = (rows: readonly TableRow[]) => {
    const verdicts = rows.flatMap(({ judgement }) => Object.values(judgement.fields));
    const right = verdicts.filter((verdict) => verdict === '✓').length;
    const wrong = verdicts.filter((verdict) => verdict === '✗').length;
    const missing = verdicts.filter((verdict) => verdict === '∅').length;
    return `${right} right, ${wrong} wrong, ${missing} missing`;
  };
  return `Of the cells that apply, ours: ${count(ours)}; the driver’s: ${count(driver)}.`;
}

/** A reason is shown by the number of its note. */
function symbol(verdict: Verdict | undefined): string {
  if (verdict === undefined) {
    return '∅';
  }
  const note = NOTE_NUMBERS.get(verdict);
  return note === undefined ? verdict : `<sup>${note}</sup>`;
}

function code(name: string): string {
  return name === 'operation' || name === 'logs' ? name : `\`${name}\``;
}

const HEADER = `# Truth table

For whoever wants to know what the numbers are worth. \`npm run docs:truth\` writes this page from what a test
measures; the test fails if the page is out of date.

Every operation below is run against a server that knows the truth. The application measures by a stop-watch of
its own. Each cell holds two reports of a field against that: **first ours**, as the telemetry endpoint received
it over HTTPS, **then the driver's own telemetry**, which it sends when nobody replaces it.

| | |
| --- | --- |
| ✓ | right: the value that the server has, or a time that encloses what the server took and is not above what the application measured |
| – | left out, as it does not apply |
| ✗ | wrong, or there though it does not apply |
| ∅ | missing |
| <sup>n</sup> | left out, as it cannot be known: note n below |

\`logs\` is how many logs tell of the operation; 1 is right. Where the driver sends several, a field counts as
right if it is right in any of them. Times of the driver's have half a second to spare.
`;
