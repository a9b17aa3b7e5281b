// Next.js calls this once, when a server starts; for the edge runtime as well, where there is no driver.
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    await import('./telemetry.mjs');
  }
}
