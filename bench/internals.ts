/**
 * Pieces of the package that it does not export and that are measured by themselves. They are built into a
 * bundle of their own in the same way as the package.
 */
export { encodeToBytes } from '../src/exporter/encode.js';
export { Guard } from '../src/guard.js';
export { OperationMetrics } from '../src/instrumentation/operationMetrics.js';
export { TimeLedger } from '../src/instrumentation/timeLedger.js';
export { addTimeTags } from '../src/instrumentation/timeTags.js';
export { ChunkDetails, OperationRecord } from '../src/records.js';
