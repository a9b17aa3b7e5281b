import type { HrTime } from '@opentelemetry/api';
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ObservedRequest, ObservedSpan } from '../../src/observer.js';
import { OperationRecord } from '../../src/records.js';

let lastSpan = 0;

/** A span that has ended. */
export function span(attributes: Record<string, unknown> = {}, name = 'SELECT t'): ObservedSpan {
  const spanId = (++lastSpan).toString(16).padStart(16, '0');
  return {
    name,
    attributes,
    startTime: [1_700_000_000, 0] satisfies HrTime,
    duration: [0, 12_000_000] satisfies HrTime,
    status: { code: SpanStatusCode.UNSET },
    spanContext: () => ({ traceId: '1'.repeat(32), spanId, traceFlags: TraceFlags.SAMPLED }),
  };
}

export function record(): OperationRecord {
  const made = new OperationRecord(1_700_000_000_000);
  made.operationType = 'EXECUTE_STATEMENT';
  made.latencyMs = 12;
  return made;
}

/** A request that was answered. */
export function request(
  records: readonly OperationRecord[],
  body: Uint8Array = Buffer.from('{}'),
  outcome = '200',
  rejected = 0,
): ObservedRequest {
  return {
    records,
    body,
    host: 'a.cloud.databricks.com',
    port: 443,
    path: '/telemetry-ext',
    sentAt: 1_700_000_001_000,
    durationMs: 5,
    outcome,
    accepted: outcome === '200',
    rejected,
  };
}
