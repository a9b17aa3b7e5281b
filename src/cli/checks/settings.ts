import { type Environment, explainGate, type GateDecision } from '../../gate/gate.js';
import type { Finding } from './finding.js';

const NOTHING = { enableTelemetry: undefined, forceEnableTelemetry: undefined };
const TEXTS: Readonly<Record<GateDecision, string>> = {
  off: 'not sent',
  forced: 'sent, without asking the server',
  flag: "sent if the server's feature flag is on",
};

/** What the environment says about sending records. Options in the code may say otherwise. */
export function checkSettings(environment: Environment): Finding[] {
  const { decision, decidedBy } = explainGate(
    { ...NOTHING, driverTelemetryEnabled: undefined },
    NOTHING,
    environment,
  );
  return [
    {
      level: decision === 'off' ? 'warn' : 'ok',
      name: 'Records',
      text: decision === 'flag' ? TEXTS.flag : `${TEXTS[decision]}, by ${decidedBy}`,
      ...(decision === 'off' ? { advice: 'If that is wanted, all is well.' } : {}),
    },
  ];
}
