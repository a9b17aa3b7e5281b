import type { ConnectionHandle } from '../connectionHandle.js';
import type { VerdictCount } from '../observer.js';

/**
 * One line about the first connection: what becomes of its records, and which switch decided that.
 *
 * @param verdict `undefined` if nobody asked the gate
 * @param isDryRun whether records are written instead of sent
 */
export function startLine(
  { driverProduct, selfReporting, served }: ConnectionHandle,
  verdict: VerdictCount | undefined,
  isDryRun: boolean,
): string {
  return `first connection of ${driverProduct}: ${outcomeOf(selfReporting, served !== undefined, verdict, isDryRun)}`;
}

function outcomeOf(
  isSelfReporting: boolean,
  isServed: boolean,
  verdict: VerdictCount | undefined,
  isDryRun: boolean,
): string {
  if (isSelfReporting) {
    return 'no records, because the driver reports it itself: it was connected before the processor was there';
  }
  if (verdict?.decision === 'off') {
    return `no records, switched off by ${verdict.decidedBy}`;
  }
  if (!isServed || verdict === undefined) {
    return 'no records, because it can not be served: see stats().connections';
  }
  const outcome = isDryRun ? 'its records are written, not sent (dry run)' : 'its records go to Databricks';
  return verdict.decision === 'forced'
    ? `${outcome}, by ${verdict.decidedBy}`
    : `${outcome}, if the workspace's feature flag allows it`;
}
