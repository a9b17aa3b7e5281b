/**
 * What to add to a message about spans that go nowhere, or elsewhere: Sentry 11 takes spans only on demand.
 *
 * @returns empty where Sentry's SDK is not loaded
 */
export function sentryHint(): string {
  return '__SENTRY__' in globalThis
    ? '. Sentry 11 takes the spans if Sentry.init() is called with enableOpenTelemetrySetup: true before the ' +
        'driver is loaded'
    : '';
}
