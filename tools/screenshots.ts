/**
 * Makes the pictures of the inspector in docs/images/: the demo's queries under its page, in each view, light and
 * dark, and at 200 %. `npm run screenshots`; it needs Chromium.
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../test/browser/chromium.js';
import { Program } from '../test/browser/program.js';
import { buildPage } from './buildPage.js';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const LIGHT = { width: 1_280, height: 800, scale: 1, colorScheme: 'light' } as const;
const DARK = { ...LIGHT, colorScheme: 'dark' } as const;
/** As a window of 1280 by 800 pixels is at 200 %. */
const LARGE = { width: 640, height: 400, scale: 2, colorScheme: 'light' } as const;

type Look = typeof LIGHT | typeof DARK | typeof LARGE;

interface Picture {
  readonly file: string;
  readonly look: Look;
  readonly view: string;
  /** Default: as much as the window shows. */
  readonly isWhole?: boolean;
}

const OPERATION = 'operations/3';
const PICTURES: readonly Picture[] = [
  { file: 'inspector-operations', look: LIGHT, view: 'operations' },
  { file: 'inspector-operations-dark', look: DARK, view: 'operations' },
  { file: 'inspector-operation', look: LIGHT, view: OPERATION, isWhole: true },
  { file: 'inspector-operation-dark', look: DARK, view: OPERATION },
  { file: 'inspector-operation-200', look: LARGE, view: OPERATION },
  { file: 'inspector-state', look: LIGHT, view: 'state', isWhole: true },
  { file: 'inspector-state-dark', look: DARK, view: 'state' },
  { file: 'inspector-table', look: LIGHT, view: 'table' },
  { file: 'inspector-export', look: LIGHT, view: 'export' },
];

await mkdir(FOLDER, { recursive: true });
await buildPage(fileURLToPath(new URL('../dist/inspector', import.meta.url)));
const program = await Program.start({
  processor: {
    withhold: ['databricks.session.id'],
    maxRetries: 0,
    circuitBreaker: { failureThreshold: 2, openMs: 4_000 },
  },
  instrumentation: { requestHook: (span) => span.setAttribute('app.order', 'A-1042') },
});
const browser = await startChromium();
try {
  await runPrograms();
  for (const picture of PICTURES) {
    await take(browser, picture);
    process.stdout.write(`docs/images/${picture.file}.png\n`);
  }
} finally {
  await browser.close();
  await program.stop();
}
process.exit();

/** One of each kind. The server refuses a request in between, so that there is something to see. */
async function runPrograms(): Promise<void> {
  await program.session(async (session) => {
    await program.query(
      session,
      { rowsPerPage: 40 },
      "SELECT id, name FROM customers WHERE email = 'jane@example.com'",
    );
    await program.query(
      session,
      { format: 'cloudfetch', lz4: true, pages: 3, filesPerPage: 2, downloadDelayMs: 60 },
      "SELECT id, amount FROM payments WHERE card = '4111-1111'",
    );
    await program.query(
      session,
      { directResults: false, polls: 4, pollDelayMs: 40 },
      'INSERT INTO report SELECT id, name FROM visits',
    );
    await program.query(
      session,
      { outcome: { state: 'ERROR', sqlState: '42P01' } },
      'SELECT total FROM invoices',
    );
    const tables = await session.getTables({ catalogName: 'main' });
    await tables.fetchAll();
    await tables.close();
    await program.processor.forceFlush();
  });
  await program.processor.forceFlush();
  await runOutage();
}

/** The endpoint fails until the circuit breaker opens, recovers, and then does not keep all of a request. */
async function runOutage(): Promise<void> {
  const { telemetry } = program.databricks;
  await program.stay({ enableTelemetry: false });
  const session = await program.stay();
  telemetry.answer({ status: 503 }, 2);
  await program.query(session, {}, 'SELECT id FROM orders');
  await program.processor.forceFlush();
  await delay(8_000);
  telemetry.answer({ partial: 1 }, 1);
  await program.query(session, {}, 'SELECT id FROM carriers');
  await program.query(session, {}, 'SELECT id FROM parcels');
  await program.processor.forceFlush();
  await delay(2_000);
}

async function take(from: Browser, { file, look, view, isWhole = false }: Picture): Promise<void> {
  const { width, height, scale, colorScheme } = look;
  const page: Page = await from.newPage({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme,
    reducedMotion: 'reduce',
  });
  await page.goto(`${program.inspector.url}#${view}`);
  await page.locator('h1').waitFor();
  await page.locator('.status-live').waitFor();
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${FOLDER}${file}.png`, fullPage: isWhole });
  await page.close();
}
