import { styleText } from 'node:util';
import type { ExportScope } from '../../src/tags/index.js';
import type { RecordedRequest } from '../support/local-databricks/index.js';
import type { Comparison, Line } from './comparison.js';

const STYLES = {
  exportLocal: { colour: 'cyan', label: 'local' },
  exportAll: { colour: 'green', label: 'both' },
  exportDatabricks: { colour: 'yellow', label: 'databricks' },
} as const;

const TAG_WIDTH = 42;
const LOCAL_WIDTH = 40;
/** What Databricks does not get may take its column. */
const LOCAL_ONLY_WIDTH = 110;
const ABSENT = '-';

const wantsColour = process.env['FORCE_COLOR'] ?? (process.stdout.isTTY && process.stdout.hasColors());
const useColour = Boolean(wantsColour) && !process.env['NO_COLOR'];

export function printLegend(): void {
  console.log('What your backend got by OTLP, beside what Databricks got by its telemetry endpoint.');
  console.log(
    [
      painted('exportLocal', 'local: your backend only'),
      painted('exportAll', 'both'),
      painted('exportDatabricks', 'databricks: Databricks only'),
    ].join('   '),
  );
}

export function printComparison(title: string, facts: string, { lines, problems }: Comparison): void {
  console.log(`\n${bold(title)}\n  ${facts}`);
  console.log(`  ${columns('scope', 'tag', 'your backend', 'Databricks')}`);
  for (const line of lines) {
    console.log(`  ${painted(line.scope, textOf(line))}`);
  }
  for (const problem of problems) {
    console.log(`  PROBLEM: ${problem}`);
  }
}

export function printRequest({ method, path, body }: RecordedRequest): void {
  console.log(`\n${bold(`${method} ${path}`)}\n${body.toString('utf8')}`);
}

function textOf({ scope, tag, local, field, databricks }: Line): string {
  const { label } = STYLES[scope];
  if (databricks === undefined) {
    return columns(label, tag, shortened(local ?? ABSENT, LOCAL_ONLY_WIDTH), ABSENT);
  }
  const name = field?.slice(field.lastIndexOf('.') + 1);
  return columns(label, tag, shortened(local ?? ABSENT, LOCAL_WIDTH - 1), `${name} = ${databricks}`);
}

function columns(scope: string, tag: string, local: string, databricks: string): string {
  return `${scope.padEnd(11)}${tag.padEnd(TAG_WIDTH)}${local.padEnd(LOCAL_WIDTH - 1)} ${databricks}`;
}

function shortened(text: string, width: number): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= width ? line : `${line.slice(0, width - 3)}...`;
}

function painted(scope: ExportScope, text: string): string {
  return useColour ? styleText(STYLES[scope].colour, text) : text;
}

function bold(text: string): string {
  return useColour ? styleText('bold', text) : text;
}
