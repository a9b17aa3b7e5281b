// The processors of all applications here, of both lines: what these call differently is told apart.
const { FieldReader } = require('./fieldReader.cjs');

exports.makeProcessors = function makeProcessors({ sdkTrace, OTLPTraceExporter, ours }) {
  const { BatchSpanProcessor, SimpleSpanProcessor, InMemorySpanExporter } = sdkTrace;
  const isLine2 = process.env.MATRIX_SDK === '2';
  const memory = new InMemorySpanExporter();
  const otlp = new OTLPTraceExporter();
  const reader = new FieldReader();
  return {
    spanProcessors: [
      ours.exportLocal(isLine2 ? new BatchSpanProcessor(otlp) : new BatchSpanProcessor({ exporter: otlp })),
      ours.exportLocal(
        isLine2 ? new SimpleSpanProcessor(memory) : new SimpleSpanProcessor({ exporter: memory }),
      ),
      ours.exportLocal(reader, { detail: 'operations' }),
      new ours.DatabricksSpanProcessor(),
    ],
    /** Ends with a report, when the application has. */
    reportAtExit(shutdown) {
      process.once('beforeExit', async () => {
        const names = memory.getFinishedSpans().map(({ name }) => name);
        await shutdown();
        process.stdout.write(JSON.stringify({ names, read: reader.spans, problems: reader.problems }));
      });
    },
  };
};
