import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { Bench, Effort, Row } from '../harness/bench.js';
import type { Sample } from '../harness/samples.js';
import { loadPackage, packageFolder } from '../harness/subject.js';
import { nanosecondsPer, slices } from '../harness/timing.js';
import { connectionContext } from '../support/connection.js';
import { driverTracer, endPlainStatement, startPlainStatement } from '../support/spans.js';

const SPANS_PER_BLOCK = 20_000;
const SPANS_PER_TURN = 512;
/** More than an inspector keeps while nobody looks. */
const SPANS_TO_FORGET = 2_000;
const LIMIT = 1.1;

/** A page, as far as its program feels it: it reads the events. */
const READER = `
const { get } = require('node:http');
get(process.argv[1] + 'events', (response) => { response.resume(); process.stdout.write('open'); });
`;

export const bench: Bench = {
  name: 'inspector',
  about:
    'What a statement of the SDK costs with our processor and a dry run into nowhere: without an inspector; with one that has its 500 operations and that nobody looks at; and with one whose events another process reads, as an open page does.',
  variants: ['without', 'without again', 'forgotten', 'open'],
  rounds: 5,
  nodeFlags: ['--min-semi-space-size=16'],
  measure,
  rows: (samples) => {
    const base = samples.figure('without');
    const row = (what: string, variant: string): Row => ({
      what,
      ...samples.difference(variant, 'without'),
      unit: 'ns',
      beside: { what: 'without', value: base.value },
      ratio: samples.ratio(variant, 'without').value,
    });
    const forgotten = row('forgotten adds', 'forgotten');
    return [
      {
        ...forgotten,
        reach: { text: `≤ ${LIMIT} ×`, reached: samples.ratio('forgotten', 'without').value <= LIMIT },
      },
      row('open adds', 'open'),
      { what: 'a statement, without', value: base.value, unit: 'ns', spread: base.spread },
      {
        what: 'A/A: without, twice',
        ...samples.difference('without again', 'without'),
        unit: 'ns',
        isNoise: true,
      },
    ];
  },
};

async function measure(variant: string, effort: Effort): Promise<Sample> {
  const { DatabricksSpanProcessor, DryRunExporter } = await loadPackage();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const processor = new DatabricksSpanProcessor({ exporter: new DryRunExporter({ stream: nowhere }) });
  const tracer = driverTracer(processor);
  const context = await connectionContext();
  const make = (count: number): void => {
    for (let index = 0; index < count; index++) {
      endPlainStatement(startPlainStatement(tracer, context));
    }
  };
  const close = variant.startsWith('without') ? undefined : await inspect(processor, variant === 'open');
  for (let made = 0; made < SPANS_TO_FORGET; made += 100) {
    make(100);
    await processor.forceFlush();
  }
  const value = await nanosecondsPer(slices(effort.count(SPANS_PER_BLOCK), SPANS_PER_TURN, make), effort);
  await close?.();
  await processor.shutdown();
  return { value };
}

async function inspect(processor: object, isOpen: boolean): Promise<() => Promise<void>> {
  const module = (await import(pathToFileURL(join(packageFolder(), 'dist', 'inspector.js')).href)) as {
    startInspector(subject: object): Promise<{ url: string; close(): Promise<void> }>;
  };
  const inspector = await module.startInspector(processor);
  if (!isOpen) {
    return () => inspector.close();
  }
  const reader = spawn(process.execPath, ['--eval', READER, inspector.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(reader.stdout, 'data');
  return async () => {
    reader.kill();
    await inspector.close();
  };
}
