import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's, unless CHROMIUM names another. */
const PATH = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export const hasChromium = existsSync(PATH);

/** A browser without a window, which asks nothing of the internet. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
