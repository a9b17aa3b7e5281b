/** Takes one sample: `child.js <file of a bench> <variant>`; the rest is in the environment. */
import { pathToFileURL } from 'node:url';
import { type Bench, effortNamed } from './bench.js';

const [file = '', variant = ''] = process.argv.slice(2);
const { bench } = (await import(pathToFileURL(file).href)) as { bench: Bench };
const effort = effortNamed(process.env['BENCH_EFFORT']);
const prepared = JSON.parse(process.env['BENCH_PREPARED'] ?? '{}') as Record<string, string>;
const sample = await bench.measure(variant, effort, prepared);
// Whatever the measured code has left running ends here.
process.send?.(sample, () => process.exit(0));
