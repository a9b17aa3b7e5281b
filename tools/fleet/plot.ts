import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { MAX_PEAK_RATIO, type Measures } from './measures.js';
import type { Scenario } from './scenarios.js';
import { type Requests, type Run, SAMPLE_S } from './simulation.js';

const WIDTH = 720;
const HEIGHT = 120;
const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif';

const SERIES = {
  requests: 'requests',
  refused: 'answered by an error',
  bound: `${MAX_PEAK_RATIO} × the steady rate (bound)`,
};
/** Else it could not be seen. */
const SHORTEST_GROUND_S = 15;
/** A rate that is so many times the bound would leave no room for all others. */
const STEEP = 5;

interface Point {
  readonly series: string;
  readonly minute: number;
  readonly value: number;
}

/** Each colour on a light page, and what it is on a dark one. A colour stands for one thing, so that it can be replaced. */
const COLOURS = {
  page: ['#ffffff', '#0d1117'],
  text: ['#1f2328', '#f0f6fc'],
  faint: ['#59636e', '#9198a1'],
  grid: ['#e4e8ec', '#262c36'],
  event: ['#fbe3ad', '#4a3814'],
  requests: ['#0969da', '#4493f8'],
  refused: ['#c2410c', '#f0883e'],
  waiting: ['#6639ba', '#b083f0'],
  bound: ['#6e7781', '#8b949e'],
} as const;

function light(colour: keyof typeof COLOURS): string {
  return COLOURS[colour][0];
}

/** The plot of one run as SVG, for light and for dark pages. The same text for the same run. */
export async function plot(scenario: Scenario, run: Run, measures: Measures): Promise<string> {
  const view = new View(parse(compile(specOf(scenario, run, measures)).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${forBothPages(svg, scenario.title)}\n`;
}

type Panel = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number];

function specOf(scenario: Scenario, run: Run, { flag, export: exported }: Measures): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: light('page'),
    padding: 12,
    vconcat: [
      requestsPanel('Requests for the flag', scenario, run.flag, flag.steadyRate),
      requestsPanel('Requests to the export endpoint', scenario, run.export, exported.steadyRate),
      waitingPanel(scenario, run),
    ],
    spacing: 14,
    config: {
      font: FONT,
      view: { stroke: null },
      title: { color: light('text'), fontSize: 13, fontWeight: 600, anchor: 'start', offset: 6 },
      axis: {
        labelColor: light('faint'),
        titleColor: light('faint'),
        labelFontSize: 11,
        titleFontSize: 11,
        titleFontWeight: 'normal',
        gridColor: light('grid'),
        domainColor: light('grid'),
        tickColor: light('grid'),
      },
      axisY: { minExtent: 44 },
      legend: {
        labelColor: light('text'),
        labelFontSize: 11,
        labelLimit: 0,
        columnPadding: 24,
        orient: 'top',
        direction: 'horizontal',
        symbolType: 'stroke',
        symbolOpacity: 1,
        symbolStrokeWidth: 3,
        symbolSize: 200,
        title: null,
        offset: 4,
        padding: 2,
      },
    },
  };
}

function requestsPanel(title: string, scenario: Scenario, requests: Requests, steadyRate: number): Panel {
  const bound = MAX_PEAK_RATIO * steadyRate;
  const all = series(SERIES.requests, requests.all);
  const isSteep = Math.max(...all.map(({ value }) => value)) > STEEP * bound;
  const y = {
    field: 'value',
    type: 'quantitative' as const,
    scale: isSteep ? { type: 'sqrt' as const } : {},
    axis: {
      title: 'per second',
      tickCount: 4,
      format: ',.0f',
    },
  };
  const color = colorsOf(scenario.eventLabel);
  const x = timeAxis(scenario, false);
  const [from, to] = [scenario.event.to + scenario.settleS, scenario.durationS];
  return {
    title: `${title}, per second${isSteep ? ', on a square-root scale' : ''}`,
    width: WIDTH,
    height: HEIGHT,
    layer: [
      eventLayer(scenario),
      {
        data: { values: series(SERIES.refused, requests.refused) },
        mark: { type: 'area', interpolate: 'step-after', opacity: 0.5 },
        encoding: { x, y, color },
      },
      {
        data: { values: all },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.4 },
        encoding: { x, y, color },
      },
      {
        data: { values: [{ series: SERIES.bound, minute: from / 60, end: to / 60, value: bound }] },
        mark: { type: 'rule', strokeDash: [5, 4], strokeWidth: 1.4 },
        encoding: { x, x2: { field: 'end' }, y, color },
      },
    ],
  };
}

function waitingPanel(scenario: Scenario, run: Run): Panel {
  const values = run.waiting.map((value, index) => ({ minute: ((index + 1) * SAMPLE_S) / 60, value }));
  return {
    title: 'Records that wait, in all processes',
    width: WIDTH,
    height: HEIGHT,
    layer: [
      eventLayer(scenario),
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.5, color: light('waiting') },
        encoding: {
          x: timeAxis(scenario, true),
          y: {
            field: 'value',
            type: 'quantitative',
            axis: { title: 'records', tickCount: 4, format: ',.0f' },
          },
        },
      },
    ],
  };
}

/** The event's time as a ground, a narrow one if it is a moment. */
function eventLayer({ event, eventLabel }: Scenario): Extract<Panel, { layer: unknown }>['layer'][number] {
  const end = Math.max(event.to, event.from + SHORTEST_GROUND_S);
  return {
    data: { values: [{ from: event.from / 60, to: end / 60, series: eventLabel }] },
    mark: 'rect',
    encoding: {
      x: { field: 'from', type: 'quantitative' },
      x2: { field: 'to' },
      color: colorsOf(eventLabel),
    },
  };
}

function colorsOf(eventLabel: string) {
  return {
    field: 'series',
    type: 'nominal' as const,
    scale: {
      domain: [...Object.values(SERIES), eventLabel],
      range: [light('requests'), light('refused'), light('bound'), light('event')],
    },
  };
}

function timeAxis({ durationS }: Scenario, hasTitle: boolean) {
  return {
    field: 'minute',
    type: 'quantitative' as const,
    scale: { domain: [0, durationS / 60], nice: false },
    axis: { title: hasTitle ? 'minutes' : null, values: ticks(durationS / 60), grid: false },
  };
}

function ticks(minutes: number): number[] {
  return Array.from({ length: Math.floor(minutes / 5) + 1 }, (_, index) => index * 5);
}

/** Means of ten seconds. */
function series(name: string, counts: readonly number[]): Point[] {
  const points: Point[] = [];
  for (let second = 0; second < counts.length; second += SAMPLE_S) {
    const requests = counts.slice(second, second + SAMPLE_S).reduce((sum, count) => sum + count, 0);
    points.push({ series: name, minute: second / 60, value: requests / SAMPLE_S });
  }
  return points;
}

/** What shows the picture may be light or dark: the picture follows it, its ground as well. */
function forBothPages(svg: string, title: string): string {
  const rules = Object.values(COLOURS).map(
    ([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`,
  );
  const style = `<style>@media (prefers-color-scheme: dark){${rules.join('')}}</style>`;
  // Tenths of a pixel are enough.
  const short = svg.replace(/\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))));
  return short.replace(/<svg [^>]*>/, (start) => `${start}<title>${title}</title>${style}`);
}
