import type { TimeAccount } from '../../src/tags/index.js';
import type { Line, StatementTrace } from './trace.js';

const WIDTH = 880;
const NAMES = 190;
const RIGHT = 40;
const PLOT = WIDTH - NAMES - RIGHT;
const ROW = 24;
const TOP = 44;
const INDENT = 14;
const BAR = 12;
const SLIM_BAR = 8;
const ACCOUNT_BAR = 18;
const FONT = 'system-ui, -apple-system, &quot;Segoe UI&quot;, Roboto, Helvetica, Arial, sans-serif';
/** Widest part of the legend: `application 1,234 ms (100 %)`. */
const LEGEND_COLUMN = 225;
const LEGEND_COLUMNS = 3;

/** In which order the accounts stand in the bar: as in docs/time-accounts.md. */
const ORDER: readonly TimeAccount[] = [
  'queued',
  'running',
  'fetching',
  'downloading',
  'retrying',
  'driver',
  'application',
  'unseen',
];

/** Light, dark: those of the inspector. */
const COLOURS: Readonly<Record<string, readonly [string, string]>> = {
  page: ['#ffffff', '#171d24'],
  edge: ['#dde2e8', '#2a333d'],
  text: ['#171c22', '#e6ebf1'],
  muted: ['#535d69', '#a4afbc'],
  grid: ['#e6eaef', '#2a333d'],
  statement: ['#4d5763', '#b9c3cf'],
  inner: ['#7c8794', '#8793a1'],
  http: ['#8f9aa6', '#6f7c8a'],
  failed: ['#c8374d', '#ff7f8f'],
  queued: ['#7a5fc7', '#a58ff0'],
  running: ['#2b6cd9', '#6aa3ff'],
  fetching: ['#0d8a92', '#4cc3ca'],
  downloading: ['#2b8a4b', '#62c784'],
  retrying: ['#c8374d', '#ff7f8f'],
  driver: ['#7c8794', '#97a3b1'],
  application: ['#b4720a', '#e5a94a'],
  unseen: ['#ffffff', '#171d24'],
};

/** A statement's trace, and below it where its time went, to the same scale. */
export function waterfall(title: string, { lines, durationMs, accounts }: StatementTrace): string {
  const x = (ms: number): number => NAMES + (ms / durationMs) * PLOT;
  const bottom = TOP + lines.length * ROW;
  const barTop = bottom + 34;
  const legendTop = barTop + ACCOUNT_BAR + 28;
  const legendRows = Math.ceil(accounts.length / LEGEND_COLUMNS);
  const height = legendTop + legendRows * ROW;
  const spoken = accounts.map(([account, ms]) => `${account} ${format(ms)}`).join(', ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc" font-family="${FONT}">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="desc">${escapeXml(`A statement of ${format(durationMs)}, with its requests. Its time: ${spoken}.`)}</desc>`,
    `<style>${styles()}</style>`,
    `<rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>`,
    ...ticks(durationMs).map((ms) => tick(ms, x(ms), bottom)),
    ...lines.map((line, index) => row(line, TOP + index * ROW, x)),
    `<line class="edge" x1="16" x2="${WIDTH - 16}" y1="${bottom + 14}" y2="${bottom + 14}"/>`,
    `<text class="strong" x="16" y="${barTop + ACCOUNT_BAR - 4}">where the time went</text>`,
    ...accountBar(accounts, durationMs, barTop),
    ...accounts.map(([account, ms], index) => legend(account, ms, durationMs, legendPlace(index, legendTop))),
    '</svg>',
    '',
  ].join('\n');
}

function row(
  { label, depth, intervals, kind, isFailed }: Line,
  top: number,
  x: (ms: number) => number,
): string {
  const thickness = kind === 'http' ? SLIM_BAR : BAR;
  const y = top + (ROW - thickness) / 2;
  const times = intervals.length > 1 ? `<tspan class="muted"> × ${intervals.length}</tspan>` : '';
  const name = `<text class="${depth === 0 ? 'strong' : 'name'}" x="${16 + depth * INDENT}" y="${top + 16}">${escapeXml(label)}${times}</text>`;
  const bars = intervals.map(([startMs, endMs]) => {
    const width = Math.max(2, x(endMs) - x(startMs));
    return `<rect class="${isFailed ? 'failed' : kind}" x="${round(x(startMs))}" y="${y}" width="${round(width)}" height="${thickness}" rx="1"/>`;
  });
  return [name, ...bars].join('');
}

function tick(ms: number, x: number, bottom: number): string {
  return `<line class="grid" x1="${round(x)}" x2="${round(x)}" y1="34" y2="${bottom + 4}"/><text class="tick" x="${round(x)}" y="24" text-anchor="middle">${format(ms)}</text>`;
}

/** The accounts in their order, as wide together as the statement's span. */
function accountBar(accounts: StatementTrace['accounts'], durationMs: number, top: number): string[] {
  const told = new Map(accounts);
  let x = NAMES;
  return ORDER.filter((account) => told.has(account)).map((account) => {
    const width = ((told.get(account) ?? 0) / durationMs) * PLOT;
    const part = `<rect class="${account}" x="${round(x)}" y="${top}" width="${round(width)}" height="${ACCOUNT_BAR}"/>`;
    x += width;
    return part;
  });
}

function legendPlace(index: number, top: number): { x: number; y: number } {
  return {
    x: NAMES + (index % LEGEND_COLUMNS) * LEGEND_COLUMN,
    y: top + Math.floor(index / LEGEND_COLUMNS) * ROW,
  };
}

function legend(
  account: TimeAccount,
  ms: number,
  durationMs: number,
  { x, y }: { x: number; y: number },
): string {
  const percent = (ms / durationMs) * 100;
  const share = percent < 1 ? '&lt; 1' : String(Math.round(percent));
  return `<rect class="${account}" x="${x}" y="${y - 9}" width="10" height="10" rx="2"/><text class="name" x="${x + 16}" y="${y}">${account} <tspan class="muted">${format(ms)} (${share} %)</tspan></text>`;
}

/** Round times, four to eight of them. */
function ticks(durationMs: number): number[] {
  const step = [50, 100, 200, 250, 500, 1_000, 2_000].find((each) => durationMs / each <= 7) ?? 5_000;
  return Array.from({ length: Math.floor(durationMs / step) + 1 }, (_, index) => index * step);
}

function styles(): string {
  const rules = (scheme: 0 | 1): string =>
    Object.entries(COLOURS)
      .map(([name, colours]) => `.${name}{fill:${colours[scheme]}}`)
      .join('');
  const lines = (scheme: 0 | 1): string =>
    `.page{stroke:${COLOURS['edge']?.[scheme]}}.edge,.grid{stroke:${COLOURS['grid']?.[scheme]}}.strong,.name{fill:${COLOURS['text']?.[scheme]}}.tick{fill:${COLOURS['muted']?.[scheme]}}.unseen{stroke:${COLOURS['muted']?.[scheme]}}`;
  return `text{font-size:13px}.tick{font-size:12px}.strong{font-weight:600}${rules(0)}${lines(0)}@media (prefers-color-scheme:dark){${rules(1)}${lines(1)}}`;
}

function format(ms: number): string {
  return `${Math.round(ms).toLocaleString('en-US')} ms`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
