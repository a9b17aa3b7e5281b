import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { CIRCUIT_BREAKER_OPTIONS, EXPORTER_OPTIONS, PROCESSOR_OPTIONS } from '../src/config.js';
import { DRY_RUN_OPTIONS } from '../src/exporter/dryRunExporter.js';
import { INSTRUMENTATION_OPTIONS } from '../src/instrumentation/instrumentationConfig.js';
import { INSTRUMENT_CLIENT_OPTIONS } from '../src/instrumentation/instrumentClientOptions.js';
import type { Option, OptionTable } from '../src/optionTable.js';
import { EXPORT_LOCAL_OPTIONS } from '../src/processor/exportLocal.js';
import { STANDALONE_OPTIONS } from '../src/standalone/startDatabricksTelemetry.js';

const SOURCES = [
  'src/config.ts',
  'src/instrumentation/instrumentationConfig.ts',
  'src/instrumentation/instrumentClientOptions.ts',
  'src/exporter/dryRunExporter.ts',
  'src/processor/exportLocal.ts',
  'src/standalone/startDatabricksTelemetry.ts',
];

/** Tables of options by the placeholder that stands for them in the template of the page. */
const TABLES: Readonly<Record<string, () => string>> = {
  'options of DatabricksSqlInstrumentation': () =>
    table('DatabricksSqlInstrumentationConfig', INSTRUMENTATION_OPTIONS),
  'fields of RequestInfo': () => fields('RequestInfo'),
  'fields of ResponseInfo': () => fields('ResponseInfo'),
  'options of instrument': () => table('InstrumentOptions', INSTRUMENT_CLIENT_OPTIONS),
  'options of DatabricksSpanProcessor': () => table('DatabricksSpanProcessorOptions', PROCESSOR_OPTIONS),
  'options of circuitBreaker': () => table('CircuitBreakerOptions', CIRCUIT_BREAKER_OPTIONS),
  'options of DatabricksExporter': () => table('DatabricksExporterOptions', EXPORTER_OPTIONS),
  'options of DryRunExporter': () => table('DryRunExporterOptions', DRY_RUN_OPTIONS),
  'options of exportLocal': () => table('ExportLocalOptions', EXPORT_LOCAL_OPTIONS),
  'options of startDatabricksTelemetry': () =>
    table(
      'StandaloneOptions',
      Object.fromEntries(
        Object.entries(STANDALONE_OPTIONS).filter(([name]) => !Object.hasOwn(PROCESSOR_OPTIONS, name)),
      ),
    ),
  'variables of register': () =>
    [
      '| variable | option | what can’t be read counts as |',
      '| --- | --- | --- |',
      ...[INSTRUMENTATION_OPTIONS, EXPORT_LOCAL_OPTIONS, PROCESSOR_OPTIONS].flatMap(variablesOf),
    ].join('\n'),
};

/** Defaults that are too long or too odd for a cell, in words. */
const DEFAULTS_IN_WORDS: Readonly<Record<string, string>> = {
  stream: 'standard output',
  circuitBreaker: 'see [circuitBreaker](#circuitbreaker)',
  exporter: 'a `DatabricksExporter`',
  spanProcessors: 'none',
  meterProvider: 'the global one',
  sdk: 'whichever is installed',
};

/** The gate reads them, with or without `register`; the page says so elsewhere. */
const READ_BY_GATE = ['enableTelemetry', 'forceEnableTelemetry'];

/**
 * The reference page of options: the template, with a table for each `<!-- options of … -->`. What a table says
 * comes from the code: allowed values, defaults and variables from the entries, the effect from the docstrings.
 */
export function optionReference(): string {
  const template = readFileSync(new URL('./options.template.md', import.meta.url), 'utf8');
  return template.replace(
    /^<!-- (.+) -->$/gm,
    (placeholder, name: string) => TABLES[name]?.() ?? placeholder,
  );
}

/** @throws Error if a docstring is missing, or says another default than the entry */
function table(interfaceName: string, options: OptionTable): string {
  const docs = docstringsOf(interfaceName);
  const rows = Object.entries(options).map(([name, option]) => {
    const [effect, stated] = splitDefault(docs.get(name) ?? '');
    const real = defaultOf(name, option);
    if (effect === '' || (stated !== undefined && `\`${stated}\`` !== real)) {
      throw new Error(`${interfaceName}.${name}: the docstring must say the effect, and as default ${real}`);
    }
    return `| \`${name}\` | ${real} | ${allowedOf(option)} | ${effect.replaceAll('|', '\\|')} |`;
  });
  return ['| option | default | allowed | effect |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** @throws Error if a docstring is missing */
function fields(interfaceName: string): string {
  const rows = [...docstringsOf(interfaceName)].map(([name, meaning]) => {
    if (meaning === '') {
      throw new Error(`${interfaceName}.${name}: a docstring must say what it is`);
    }
    return `| \`${name}\` | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return ['| field | meaning |', '| --- | --- |', ...rows].join('\n');
}

function defaultOf(name: string, option: Option<unknown>): string {
  const words = DEFAULTS_IN_WORDS[name];
  if (words !== undefined) {
    return words;
  }
  const value = option.default;
  if (value === undefined) {
    return '–';
  }
  return typeof value === 'string' ? `\`'${value}'\`` : `\`${JSON.stringify(value)}\``;
}

function allowedOf({ allowed }: Option<unknown>): string {
  return allowed
    .replace(`to ${Number.MAX_SAFE_INTEGER}`, 'or more')
    .replace(/^an integer from (\d+)/, '$1')
    .replaceAll(/'([a-z]+)'/g, "`'$1'`")
    .replace(/^an object of .*/, 'object');
}

function variablesOf(options: OptionTable): string[] {
  return Object.entries(options)
    .filter(([name, { variable }]) => variable !== undefined && !READ_BY_GATE.includes(name))
    .map(([name, { variable, unreadable }]) => {
      const counts = unreadable === undefined ? 'not set' : `\`${JSON.stringify(unreadable)}\``;
      return `| \`${variable}\` | \`${name}\` | ${counts.replaceAll('"', "'")} |`;
    });
}

/** Takes "Default …." from the end of a docstring. */
function splitDefault(text: string): readonly [effect: string, stated: string | undefined] {
  const match = /^(.*?)\s*Default (\S+)\.$/.exec(text);
  return match === null ? [text, undefined] : [match[1] ?? '', match[2]];
}

/** The docstrings of an interface's members, with those that it inherits, each as one line. */
function docstringsOf(interfaceName: string): ReadonlyMap<string, string> {
  const found = INTERFACES.get(interfaceName);
  if (found === undefined) {
    return new Map();
  }
  const inherited = (found.heritageClauses ?? []).flatMap(({ types }) =>
    types.flatMap(({ expression }) => [...docstringsOf(expression.getText())]),
  );
  const own = found.members.map((member): [string, string] => [
    member.name?.getText() ?? '',
    ts
      .getJSDocCommentsAndTags(member)
      .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
      .join(' ')
      .replace(/\s+/g, ' ')
      .trim(),
  ]);
  return new Map([...inherited, ...own]);
}

const INTERFACES: ReadonlyMap<string, ts.InterfaceDeclaration> = new Map(
  SOURCES.flatMap((path) => {
    const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    return source.statements
      .filter(ts.isInterfaceDeclaration)
      .map((each): [string, ts.InterfaceDeclaration] => [each.name.text, each]);
  }),
);
