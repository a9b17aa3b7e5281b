/** What each reason of a drop means, and what helps. */
const LOSSES: Readonly<Record<string, string>> = {
  queue_full:
    'The queue of a host was full, and this was its oldest record. Raise maxQueueSize, or see why nothing is sent.',
  expired: 'It could not be sent within maxRecordAgeMs.',
  terminal: 'The endpoint refused its batch for good: see the outcomes of the requests.',
  too_large: 'The endpoint takes no request of its size.',
  lane_evicted: 'Its lane made room for another one: maxLanes was reached.',
  host_evicted: 'Its host made room for another one: maxHosts was reached.',
  shutdown: 'It was left over when shutdown() ran out of time. Raise shutdownTimeoutMs.',
  flag_disabled: 'The workspace’s feature flag is off. This is no fault.',
  flag_unknown: 'Nobody answered the question for the feature flag in time.',
  connection_closed: 'It came long after its connection was closed.',
  connection_refused: 'Its connection is one that records are not sent for: see Connections.',
  never_connected: 'The driver never sent a request on its connection.',
  already_shutdown: 'It came after shutdown().',
  rejected: 'Databricks took the request and did not keep this record.',
};

/** @returns a sentence; the reason in words, where there is none for it */
export function lossText(reason: string): string {
  return LOSSES[reason] ?? reason.replaceAll('_', ' ');
}

const CONNECTIONS: Readonly<Record<string, string>> = {
  served: 'Their records are sent, if the gate and the flag allow it.',
  waiting: 'The driver has not sent its first request yet.',
  disabled: 'The gate says off.',
  refused_host: 'The name of the host or its port is not one that records are sent to.',
  refused_route: 'Its way (proxy, certificates) can’t be taken in the same way.',
  refused_exporter: 'The exporter could not be made ready for their host.',
  refused_handle: 'What the instrumentation says of the connection is malformed.',
  refused_max_hosts: 'maxHosts was reached, and all hosts are in use.',
  refused_max_lanes: 'maxLanes was reached, and all lanes are in use.',
  refused_shutdown: 'They came after shutdown().',
};

export function connectionText(outcome: string): string {
  return CONNECTIONS[outcome] ?? outcome.replaceAll('_', ' ');
}
