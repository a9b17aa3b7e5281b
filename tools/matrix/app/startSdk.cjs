// The SDK as its users set it up, for both lines: what they call differently is told apart here.
const { FieldReader } = require('./fieldReader.cjs');

module.exports = function startSdk({ NodeSDK, sdkTrace, OTLPTraceExporter, ours }) {
  const batch = (exporter) =>
    process.env.MATRIX_SDK === '2'
      ? new sdkTrace.BatchSpanProcessor(exporter)
      : new sdkTrace.BatchSpanProcessor({ exporter });
  const simple = (exporter) =>
    process.env.MATRIX_SDK === '2'
      ? new sdkTrace.SimpleSpanProcessor(exporter)
      : new sdkTrace.SimpleSpanProcessor({ exporter });
  const memory = new sdkTrace.InMemorySpanExporter();
  const reader = new FieldReader();
  const sdk = new NodeSDK({
    instrumentations: [new ours.DatabricksSqlInstrumentation()],
    sampler: ours.recordDriverSpans(new sdkTrace.AlwaysOnSampler()),
    spanProcessors: [
      ours.exportLocal(batch(new OTLPTraceExporter())),
      ours.exportLocal(simple(memory)),
      ours.exportLocal(reader, { detail: 'operations' }),
      new ours.DatabricksSpanProcessor(),
    ],
  });
  sdk.start();
  process.once('beforeExit', async () => {
    const names = memory.getFinishedSpans().map(({ name }) => name);
    await sdk.shutdown();
    process.stdout.write(JSON.stringify({ names, read: reader.spans, problems: reader.problems }));
  });
};
