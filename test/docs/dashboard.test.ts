import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dashboardJson } from '../../tools/dashboard/dashboard.js';
import { collectApplicationMetrics } from './applicationMetrics.js';
import { ROOT } from './markdown.js';
import { collectMetrics, type Series } from './scraped.js';

// That every panel has data is proven against Prometheus (tools/dashboard/check.ts). Here: that Grafana takes it.

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
}

const TEXT = readFileSync(join(ROOT, 'docs/dashboards/opentelemetry-databricks-sql.json'), 'utf8');
const DASHBOARD = JSON.parse(TEXT) as Dashboard;
const CHARTS = DASHBOARD.panels.filter(({ type }) => type !== 'row');
const EXPRESSIONS = CHARTS.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
/** Those of Grafana that are used here: it shows an unknown one as a suffix. */
const UNITS = ['s', 'ops', 'reqps', 'percentunit', 'short'];
const GRID = 24;

describe('the Grafana dashboard', () => {
  it('is what tools/dashboard makes', () => {
    expect(dashboardJson(), 'npm run docs:dashboard').toBe(TEXT);
  });

  it('can be imported: a short uid, a title, a schema version, no id of an instance', () => {
    expect(DASHBOARD.uid).toMatch(/^[\w-]{1,40}$/);
    expect(DASHBOARD.title).not.toBe('');
    expect(DASHBOARD.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(DASHBOARD).not.toHaveProperty('id');
  });

  it('asks which Prometheus to use, and no panel names one', () => {
    const variables = DASHBOARD.templating.list;
    expect(variables[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    expect(CHARTS.map(({ datasource }) => datasource)).toEqual(
      CHARTS.map(() => ({ type: 'prometheus', uid: '$datasource' })),
    );
  });

  it('uses only variables that there are', () => {
    const known = [...DASHBOARD.templating.list.map(({ name }) => name), '__rate_interval', '__range'];
    const used = [...TEXT.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !known.includes(name) && name !== '__all')).toEqual([]);
  });

  it('has panels with ids, titles, descriptions and units of their own', () => {
    const ids = DASHBOARD.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const titles = DASHBOARD.panels.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(CHARTS.filter(({ description = '' }) => description === '')).toEqual([]);
    const units = CHARTS.filter(({ type }) => type !== 'state-timeline').map(
      ({ fieldConfig }) => fieldConfig?.defaults.unit ?? 'none',
    );
    expect(units.filter((unit) => !UNITS.includes(unit))).toEqual([]);
    for (const { title, targets = [] } of CHARTS) {
      expect([title, targets.map(({ refId }) => refId)]).toEqual([
        title,
        ['A', 'B', 'C'].slice(0, targets.length),
      ]);
      expect(targets.length).toBeGreaterThan(0);
    }
  });

  it('has no panels that overlap, or leave the grid', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of DASHBOARD.panels) {
      expect([title, gridPos.x + gridPos.w <= GRID]).toEqual([title, true]);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), `${title} at ${x},${y}`).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
      }
    }
  });
});

describe('the queries of the dashboard', () => {
  let scraped: Series[];
  beforeAll(async () => {
    scraped = [...(await collectMetrics()).scraped, ...(await collectApplicationMetrics())];
  });

  it('name metrics that exist', () => {
    const plain = EXPRESSIONS.flatMap((text) =>
      [...text.matchAll(/\b([a-z]\w+)\{/g)].map(([, name = '']) => name),
    );
    const patterns = EXPRESSIONS.flatMap((text) =>
      [...text.matchAll(/__name__=~"([^"]+)"/g)].map(([, pattern = '']) => pattern),
    );
    expect(plain.length).toBeGreaterThan(5);
    expect(patterns.length).toBeGreaterThan(5);
    for (const name of [...plain, ...patterns]) {
      const found = scraped.some((series) => new RegExp(`^(?:${name})$`).test(series.name));
      expect([name, found]).toEqual([name, true]);
    }
  });

  it('group by labels that exist', () => {
    const known = new Set(['job', 'instance', 'le', ...scraped.flatMap(({ labels }) => Object.keys(labels))]);
    const used = EXPRESSIONS.flatMap((text) =>
      [...text.matchAll(/(?:by|ignoring) \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', ')),
    );
    // A statement's summary is on its duration, which the application of this test does not run.
    expect(used.filter((label) => !known.has(label) && label !== 'db_query_summary')).toEqual([]);
  });
});
