import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { collectApplicationMetrics } from './applicationMetrics.js';
import { codeSpans, ROOT, readPage, section } from './markdown.js';
import { collectMetrics, parseSeries, type Series } from './scraped.js';

// What the rules say is tested by promtool (tools/checkAlerts.sh): here, that they speak of series that exist.

const FOLDER = join(ROOT, 'docs/alerts');
const RULES = readFileSync(join(FOLDER, 'opentelemetry-databricks-sql.rules.yml'), 'utf8');
const TESTS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.test.yml'))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
  .join('\n');

/** Labels that Prometheus itself adds. */
const SCRAPE_LABELS = ['job', 'instance'];

let scraped: Series[];
beforeAll(async () => {
  scraped = [...(await collectMetrics()).scraped, ...(await collectApplicationMetrics())];
});

describe('the alert rules', () => {
  it('select series that exist: of the processor, of the instrumentation, of Node.js', () => {
    const selectors = [...RULES.matchAll(/(?:\b([a-z][a-z0-9_]*))?\{(\s*[a-z_]+[=!][^}]*)\}/g)];
    expect(selectors.length).toBeGreaterThan(5);
    for (const [selector, name, matchers = ''] of selectors) {
      const found = scraped.filter(
        (series) => (name === undefined || series.name === name) && matches(series, matchers),
      );
      expect([selector, found.length]).not.toEqual([selector, 0]);
    }
  });

  it('count by labels of such series, or of Prometheus', () => {
    const known = new Set([...SCRAPE_LABELS, ...scraped.flatMap(({ labels }) => Object.keys(labels))]);
    const used = [...RULES.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));
    expect(used.filter((label) => !known.has(label))).toEqual([]);
  });

  it('are tested with series like those', () => {
    for (const { name, labels } of parseSeries(TESTS)) {
      // The Collector appends units.
      const alike = scraped.filter((series) => series.name === name.replace(/_(seconds|bytes)(?=_|$)/, ''));
      const known = new Set([...SCRAPE_LABELS, ...alike.flatMap((series) => Object.keys(series.labels))]);
      expect([name, alike.length > 0]).toEqual([name, true]);
      expect([name, Object.keys(labels).filter((label) => !known.has(label))]).toEqual([name, []]);
    }
  });

  it('are all tested, and stand in the roll-out page', () => {
    const alerts = [...RULES.matchAll(/- alert: (\w+)/g)].map(([, alert = '']) => alert);
    const tested = new Set([...TESTS.matchAll(/alertname: (\w+)/g)].map(([, alert = '']) => alert));
    expect([...tested].sort()).toEqual([...alerts].sort());
    const documented = codeSpans(section(readPage('docs/rollout.md'), 'What to watch'));
    expect(documented).toEqual(expect.arrayContaining(alerts));
  });
});

/** Whether a series is selected by PromQL's label matchers. */
function matches({ name, labels }: Series, matchers: string): boolean {
  return [...matchers.matchAll(/([a-z_]+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].every(
    ([, label = '', operator = '', value = '']) => {
      const actual = label === '__name__' ? name : (labels[label] ?? '');
      const fits = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(actual) : actual === value;
      return operator.startsWith('!') ? !fits : fits;
    },
  );
}
