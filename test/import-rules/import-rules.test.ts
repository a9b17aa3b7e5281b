import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const CRUISER = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = path.join(ROOT, '.dependency-cruiser.cjs');
/** A small `src` in which almost everything is forbidden. */
const FIXTURE = path.join(import.meta.dirname, 'fixture');

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

async function violationsOfFixture(): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [CRUISER, '--config', RULES, '--output-type', 'json', 'src'],
    { cwd: FIXTURE, maxBuffer: 16 * 1024 * 1024 },
  );
  const report = JSON.parse(stdout) as { summary: { violations: readonly Violation[] } };
  return report.summary.violations
    .map(({ rule, from, to }) => `${rule.name}: ${moduleName(from)} -> ${moduleName(to)}`)
    .sort();
}

/** The package of a file in node_modules, or a file of the fixture without its `src/`. */
function moduleName(file: string): string {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.replace(/^src\//, '');
}

test('forbidden imports are caught, allowed ones are not', async () => {
  expect(await violationsOfFixture()).toEqual([
    'exporter-points-down: exporter/upwards.ts -> hosts/lane.ts',
    'http-in-the-exporter-only: hosts/lane.ts -> undici',
    'instrumentation-points-down: instrumentation/patches.ts -> hosts/lane.ts',
    'no-cycles: hosts/lane.ts -> hosts/queue.ts',
    'no-room-without-a-rule: index.ts -> extras/helper.ts',
    'only-what-users-have: exporter/breaker.ts -> fast-check',
    'only-what-users-have: standalone/start.ts -> @opentelemetry/sdk-node',
    'patching-in-the-instrumentation-only: processor/spans.ts -> require-in-the-middle',
    'sdk-as-types-only: processor/spans.ts -> @opentelemetry/core',
    'sdk-as-types-only: standalone/start.ts -> @opentelemetry/sdk-trace-base',
    'vocabulary-knows-no-room: records.ts -> exporter/breaker.ts',
  ]);
});
