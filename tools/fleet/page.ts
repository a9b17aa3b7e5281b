import { type EndpointMeasures, MAX_DISPERSION, MAX_PEAK_RATIO, type Measures } from './measures.js';
import { FLAG_INTERVAL_S, type Scenario } from './scenarios.js';
import { CAPACITY_PER_PROCESS, type Run, STATEMENT_EVERY_S } from './simulation.js';

export interface Result {
  readonly scenario: Scenario;
  readonly run: Run;
  readonly measures: Measures;
}

/** Whether a run kept the bounds. */
export function isWithinBounds({ measures, run }: Result): boolean {
  return (
    [measures.flag, measures.export].every(
      ({ peakRatio, dispersion }) => peakRatio <= MAX_PEAK_RATIO && dispersion <= MAX_DISPERSION,
    ) && (run.shortestOffGapS ?? FLAG_INTERVAL_S) >= FLAG_INTERVAL_S
  );
}

/** Where the picture of a scenario lies, from docs/. */
export function imageOf({ name }: Scenario): string {
  return `images/fleet-${name}.svg`;
}

/** docs/fleet.md. */
export function page(results: readonly Result[]): string {
  const processes = Math.max(...results.map(({ run }) => run.processes));
  return [
    '<!-- Written by `npm run fleet`. -->',
    '# A fleet',
    '',
    `What ${count(processes)} processes do together to one endpoint. Each is the real code from the queue to the HTTP request: flag, batches, retries, breaker. The clock, the network and chance are simulated, so \`npm run fleet\` gives these figures again. \`npm test\` checks the bounds with 1,000 processes.`,
    '',
    ...conditions(processes),
    '',
    '## In short',
    '',
    '| what happens | flag: steady, highest afterwards | export: steady, highest afterwards | dispersion: flag, export | most records waiting | recovered after |',
    '| --- | --- | --- | --- | --- | --- |',
    ...results.map((result) => row(result, processes)),
    '',
    `Rates are requests per second of the whole fleet, over as many seconds as have 30 requests. *Afterwards* begins with the event's end; where processes start, one or two minutes later, since each has to ask for the flag once. The bound is ${MAX_PEAK_RATIO} times the steady rate.`,
    '',
    `The *index of dispersion* shows whether processes act in step: the variance of the requests per second within ten seconds, over their mean, the highest of any two minutes. Requests that know nothing of each other have 1. The bound is ${MAX_DISPERSION}.`,
    '',
    '*Recovered*: no more records wait than a quarter above what is usual.',
    '',
    ...results.flatMap((result) => section(result, processes)),
  ].join('\n');
}

function conditions(processes: number): string[] {
  return [
    `- A process has one connection and runs a statement every ${STATEMENT_EVERY_S} seconds on average, at random. All options are at their defaults.`,
    `- The endpoint takes ${count(processes * CAPACITY_PER_PROCESS)} requests per second (one for every ${1 / CAPACITY_PER_PROCESS} processes), for flag and export together, and answers 503 to what would have to wait longer than a second. A request takes 20 to 60 ms on its way.`,
    `- The flag's interval (\`ttl_seconds\`) is ${FLAG_INTERVAL_S / 60} minutes.`,
    '- All processes talk to one host. In a real fleet they are spread over hosts, and each host sees its part.',
  ];
}

function row(result: Result, processes: number): string {
  const { scenario, run, measures } = result;
  const size = run.processes === processes ? '' : `, ${count(run.processes)} processes`;
  const cells = [
    `[${scenario.title}](#${anchor(scenario.title)})${size}`,
    rates(measures.flag),
    rates(measures.export),
    `${measures.flag.dispersion.toFixed(1)}, ${measures.export.dispersion.toFixed(1)}`,
    count(measures.mostWaiting),
    recovery(result),
  ];
  return `| ${cells.join(' | ')} |`;
}

function rates({ steadyRate, peakRate, peakRatio }: EndpointMeasures): string {
  return steadyRate === 0 ? '–' : `${rate(steadyRate)}, ${rate(peakRate)} (${peakRatio.toFixed(1)} ×)`;
}

function recovery({ scenario, measures }: Result): string {
  if (scenario.event.from === scenario.event.to) {
    return '–';
  }
  return measures.recoveryS === undefined ? 'not' : `${measures.recoveryS} s`;
}

/** Where it is not that of the other runs. */
function sizeOf(run: Run, usual: number): string[] {
  return run.processes === usual ? [] : [`This run has ${count(run.processes)} processes.`];
}

function section(result: Result, processes: number): string[] {
  const { scenario, run } = result;
  return [
    `## ${scenario.title}`,
    '',
    [scenario.story, ...sizeOf(run, processes), ...facts(result)].join(' '),
    '',
    `![Requests per second for the flag and to the export endpoint, and records that wait](${imageOf(scenario)})`,
    '',
    `${count(run.made)} records were made in the whole run, the time before the picture included: ${fates(run)}.`,
    '',
  ];
}

function facts({ scenario, run, measures }: Result): string[] {
  const { event } = scenario;
  const refused = sum(run.flag.refused) + sum(run.export.refused);
  const all: Array<string | false> = [
    scenario.name === 'off' &&
      `The last records are sent ${minutes(measures.lastExportS)} later. Nobody asks again within an interval: the shortest time between two questions of a process is ${minutes(run.shortestOffGapS ?? 0)}.`,
    scenario.name === 'on' &&
      `${minutes(timeToRate(run, event.from, 0.9 * measures.export.steadyRate))} later the fleet sends at nine tenths of its steady rate.`,
    refused === 0
      ? 'No request is answered by an error.'
      : `${count(refused)} requests are answered by an error, the last of them ${seconds(lastRefusal(run) - event.to)} the end of the event.`,
  ];
  return all.filter((fact) => fact !== false);
}

function fates({ made, exported, dropped }: Run): string {
  const drops = Object.entries(dropped).filter(([, records]) => records > 0);
  const waiting = made - exported - drops.reduce((total, [, records]) => total + records, 0);
  return [
    `${count(exported)} arrived`,
    ...drops.map(([reason, records]) => `${count(records)} were dropped as \`${reason}\``),
    ...(drops.length === 0 ? ['none was dropped'] : []),
    `${count(waiting)} waited at the end`,
  ].join(', ');
}

/** Seconds from then until the mean of a minute is that rate. */
function timeToRate(run: Run, from: number, wanted: number): number {
  const later = run.export.all.slice(from);
  return later.findIndex((_, second) => second >= 60 && sum(later.slice(second - 60, second)) / 60 >= wanted);
}

/** The second after the last one in which a request was refused. */
function lastRefusal({ flag, export: exported }: Run): number {
  const last = ({ refused }: Run['flag']): number => refused.findLastIndex((requests) => requests > 0) + 1;
  return Math.max(last(flag), last(exported));
}

function seconds(fromEnd: number): string {
  return fromEnd <= 0 ? 'before' : `${fromEnd} s after`;
}

function minutes(durationS: number): string {
  return `${(durationS / 60).toFixed(1)} minutes`;
}

function rate(perSecond: number): string {
  return perSecond < 100 ? perSecond.toFixed(1) : perSecond.toFixed(0);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
}
