import { OBSERVATION } from './observer.js';
import type { SpanProcessorLike } from './spanShape.js';

/** A `DatabricksSpanProcessor`. */
export interface TelemetryProcessor {
  readonly [Symbol.toStringTag]: 'DatabricksSpanProcessor';
}

/** Also of another copy of this package: an ES module and a CommonJS file may have loaded one each. */
export function isOwnProcessor(value: unknown): value is TelemetryProcessor & SpanProcessorLike {
  try {
    return typeof value === 'object' && value !== null && OBSERVATION in value;
  } catch {
    // A proxy whose traps throw.
    return false;
  }
}
