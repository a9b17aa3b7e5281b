import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabricksSqlInstrumentation } from '../../src/instrumentation/databricksSqlInstrumentation.js';
import { DatabricksSpanProcessor } from '../../src/processor/databricksSpanProcessor.js';
import { CollectingExporter } from '../processor/support/collectingExporter.js';
import { type DriverTelemetry, watchDriverTelemetry } from '../support/driverTelemetry.js';
import { useRecordBench } from './bench.js';

const bench = useRecordBench();

let driverTelemetry: DriverTelemetry;

beforeEach(() => {
  driverTelemetry = watchDriverTelemetry();
});

afterEach(() => driverTelemetry.stop());

describe('one statement is reported once', () => {
  it('by us, where our processor serves the connection', async () => {
    bench.start();
    const client = await bench.connect();
    await bench.run(await client.openSession());
    expect(driverTelemetry.begun).toEqual([]);
    expect(await bench.statements()).toHaveLength(1);
  });

  it('by both, if the user keeps both', async () => {
    bench.start({ config: { driverTelemetry: 'keep' } });
    const client = await bench.connect();
    await bench.run(await client.openSession());
    expect(driverTelemetry.begun).toEqual(['127.0.0.1']);
    expect(await bench.statements()).toHaveLength(1);
  });

  it.each([
    ['the driver’s telemetryEnabled: false', { telemetryEnabled: false }],
    ['our enableTelemetry: false', { enableTelemetry: false }],
  ])('by nobody: %s is a no to both', async (_title, options) => {
    bench.start({}, { forceEnableTelemetry: false });
    const client = await bench.connect(options as never);
    await bench.run(await client.openSession());
    expect(driverTelemetry.begun).toEqual([]);
    expect(await bench.records()).toEqual([]);
    expect(bench.processor.stats().connections).toMatchObject({ disabled: 1, served: 0 });
  });

  it('by the driver, where the processor refuses the connection', async () => {
    bench.start();
    const exporter = new CollectingExporter();
    exporter.supportsRoute = () => false;
    const refusing = new DatabricksSpanProcessor({ forceEnableTelemetry: true, exporter });
    await bench.telemetry.stop();
    bench.start({}, { instrumentationScopes: ['nobody'] });
    const provider = new NodeTracerProvider({ spanProcessors: [refusing] });
    bench.telemetry.instrumentation.setTracerProvider(provider);
    const client = await bench.connect();
    await bench.run(await client.openSession());
    expect(driverTelemetry.begun).toEqual(['127.0.0.1']);
    expect(exporter.records).toEqual([]);
    expect(refusing.stats().connections.refused_route).toBe(1);
    await client.close();
    await provider.shutdown();
    // Whoever registers a processor that can't serve hears of it once.
    expect(bench.telemetry.warnings.splice(0).join()).toMatch(/^$|records lost/);
  });

  it('by the first of two processors', async () => {
    const exporter = new CollectingExporter();
    const second = new DatabricksSpanProcessor({ forceEnableTelemetry: true, exporter });
    bench.start({ processors: [second] });
    await bench.run(await bench.openSession());
    await second.forceFlush();
    expect(await bench.statements()).toHaveLength(1);
    expect(exporter.records).toEqual([]);
  });

  it('by one of two providers, each with an instrumentation and a processor', async () => {
    bench.start();
    const exporter = new CollectingExporter();
    const processor = new DatabricksSpanProcessor({ forceEnableTelemetry: true, exporter });
    const provider = new NodeTracerProvider({ spanProcessors: [processor] });
    const instrumentation = new DatabricksSqlInstrumentation();
    instrumentation.setTracerProvider(provider);
    expect(bench.telemetry.warnings.splice(0)).toEqual([expect.stringContaining('another instrumentation')]);
    await bench.run(await bench.openSession());
    await processor.forceFlush();
    instrumentation.disable();
    await provider.shutdown();
    expect(exporter.records).toHaveLength(0);
    expect(await bench.statements()).toHaveLength(1);
  });
});
