/**
 * Pieces of the package that it does not export and that are measured by themselves. They are built into a
 * bundle of their own in the same way as the package.
 */
export { encodeToBytes } from '../src/exporter/encode.js';
export { ChunkDetails, OperationRecord } from '../src/records.js';
