import { pathToFileURL } from 'node:url';
import type { Bench, Effort, Prepared, Row } from '../harness/bench.js';
import type { Sample, Samples } from '../harness/samples.js';
import { packageFolder } from '../harness/subject.js';
import { COMPARABLE, entryOf, installComparable, installOurs, sizeOf } from '../support/installations.js';

const OURS = 'opentelemetry-databricks-sql';
const LIMIT_MS = 30;
const KB = 1_000;

const OTHERS = Object.keys(COMPARABLE) as Array<keyof typeof COMPARABLE>;

export const bench: Bench = {
  name: 'size',
  about:
    "What an application takes on: the bytes that an installation puts into node_modules (dependencies and type declarations included, @opentelemetry/api not, which is there anyway), and the time of the first import in a fresh process. Beside it instrumentations of other databases, which only make spans: the exporter's HTTP client, undici, is most of our size. Installations are kept from one run to the next; the other packages come from the registry.",
  variants: ['ours', 'ours again', 'ours, by require', ...OTHERS],
  rounds: 11,
  prepare,
  measure,
  rows,
};

/** In a smoke test nothing is installed, and the built package stands for all. */
async function prepare(effort: Effort): Promise<Prepared> {
  const values: Record<string, string> = {};
  if (!effort.smoke) {
    values['ours'] = await installOurs();
    for (const name of OTHERS) {
      values[name] = await installComparable(name);
    }
  }
  return { values, end: async () => undefined };
}

async function measure(variant: string, effort: Effort, folders: Record<string, string>): Promise<Sample> {
  const other = OTHERS.find((name) => name === variant);
  const name = other === undefined ? OURS : COMPARABLE[other].replace(/@[\d.]+$/, '');
  const folder = effort.smoke ? '' : (folders[other ?? 'ours'] ?? '');
  const entry = effort.smoke ? `${packageFolder()}/dist/index.js` : entryOf(folder, name);
  const size = effort.smoke ? { total: 0, own: 0 } : sizeOf(folder, name);
  // `resolve` answers as require() does: the entry for import stands beside it.
  const file = variant.endsWith('require') ? entry : entry.replace(/\.cjs$/, '.js');
  const start = performance.now();
  await import(pathToFileURL(file).href);
  return { import: performance.now() - start, total: size.total / KB, own: size.own / KB };
}

function rows(samples: Samples): Row[] {
  const importing = (what: string, variant: string): Row => {
    const { value, spread } = samples.figure(variant, 'import');
    return { what, value, unit: 'ms', spread, ratio: samples.ratio(variant, 'ours', 'import').value };
  };
  const ours = samples.figure('ours', 'import');
  const required = samples.figure('ours, by require', 'import');
  return [
    {
      what: 'import, ours',
      value: ours.value,
      unit: 'ms',
      spread: ours.spread,
      reach: { text: `< ${LIMIT_MS} ms`, reached: ours.value < LIMIT_MS },
    },
    {
      ...importing('by require, ours', 'ours, by require'),
      reach: { text: `< ${LIMIT_MS} ms`, reached: required.value < LIMIT_MS },
    },
    ...OTHERS.map((name) => importing(`import, ${name}`, name)),
    { ...importing('A/A: ours twice', 'ours again'), isNoise: true },
    ...['ours', ...OTHERS].map((name): Row => {
      const total = samples.figure(name, 'total');
      return {
        what: `installed, ${name}`,
        value: total.value,
        unit: 'kB',
        spread: Number.NaN,
        beside: { what: 'itself', value: samples.figure(name, 'own').value },
        ratio: total.value / samples.figure('ours', 'total').value,
      };
    }),
  ];
}
