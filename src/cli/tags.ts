import { TAG_FACTS } from '../inspector/tagFacts.js';
import type { Terminal } from './terminal.js';

const TITLES = {
  exportAll: 'To your backend and to Databricks',
  exportDatabricks: 'To Databricks only',
  exportLocal: 'To your backend only',
} as const;

/** Prints the tag table. */
export function printTags(terminal: Terminal, asJson: boolean): number {
  if (asJson) {
    const rows = TAG_FACTS.map(({ name, scope, on, kind, field, description }) => ({
      name,
      scope,
      on,
      kind,
      field,
      description,
    }));
    terminal.write(JSON.stringify(rows, null, 2));
    return 0;
  }
  const width = Math.max(...TAG_FACTS.map(({ name }) => name.length)) + 2;
  for (const [scope, title] of Object.entries(TITLES)) {
    terminal.write(`${title} (${scope})\n`);
    for (const { name, kind, field } of TAG_FACTS.filter((facts) => facts.scope === scope)) {
      terminal.write(`  ${name.padEnd(width)}${field === undefined ? kind : `${kind.padEnd(9)}${field}`}`);
    }
    terminal.write('');
  }
  terminal.write('A tag that is not listed never leaves for Databricks.');
  return 0;
}
