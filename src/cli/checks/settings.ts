import { decideGate } from '../../hosts/gate.js';
import type { Finding } from './finding.js';

/** What the environment says about sending records. Options in the code may say more. */
export function checkSettings(environment: Readonly<Record<string, string | undefined>>): Finding[] {
  const decision = decideGate(
    {
      enableTelemetry: undefined,
      forceEnableTelemetry: undefined,
      driverTelemetryEnabled: undefined,
    } as never,
    { enableTelemetry: undefined, forceEnableTelemetry: undefined } as never,
    environment,
  );
  return [
    {
      level: decision === 'off' ? 'warn' : 'ok',
      name: 'Records',
      text: decision,
    },
  ];
}
