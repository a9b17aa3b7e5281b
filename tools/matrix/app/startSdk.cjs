// NodeSDK as its users set it up.
const { makeProcessors } = require('./processors.cjs');

module.exports = function startSdk({ NodeSDK, sdkTrace, OTLPTraceExporter, ours }) {
  const { spanProcessors, reportAtExit } = makeProcessors({ sdkTrace, OTLPTraceExporter, ours });
  const sdk = new NodeSDK({
    instrumentations: [new ours.DatabricksSqlInstrumentation()],
    sampler: ours.recordDriverSpans(new sdkTrace.AlwaysOnSampler()),
    spanProcessors,
  });
  sdk.start();
  reportAtExit(() => sdk.shutdown());
};
