import { fileURLToPath } from 'node:url';
import { context } from '@opentelemetry/api';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../tools/buildPage.js';
import { axeViolations } from './axe.js';
import { hasChromium, startChromium } from './chromium.js';
import { Program, type ProgramOptions } from './program.js';

describe.skipIf(!hasChromium)('the page of a program that has had trouble', () => {
  let browser: Browser;
  let program: Program;
  let page: Page;

  beforeAll(async () => {
    await buildPage(fileURLToPath(new URL('../../dist/inspector', import.meta.url)));
    browser = await startChromium();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  afterEach(async () => {
    await page.close();
    await program.stop();
    context.disable();
  });

  async function start(options: ProgramOptions = {}): Promise<void> {
    program = await Program.start(options);
    page = await browser.newPage();
    page.setDefaultTimeout(8_000);
  }

  const open = (view: string) => page.goto(`${program.inspector.url}#${view}`);
  const row = (name: string) => page.locator('table.operations tbody tr', { hasText: name });
  const connection = (text: string) => page.locator('table.connections tbody tr', { hasText: text });

  it('says that a request was kept in part, in the list and in the life of each of its records', async () => {
    await start({ processor: { flushIntervalMs: 60_000 } });
    program.databricks.telemetry.answer({ partial: 1 }, 1);
    await program.session(async (session) => {
      await program.query(session, {}, 'SELECT 1 FROM one');
      await program.query(session, {}, 'SELECT 1 FROM two');
      await program.processor.forceFlush();
    });
    await open('operations');
    await row('SELECT one').getByText('accepted in part').waitFor();
    await row('SELECT two').getByText('2 of 3 kept').waitFor();
    await row('SELECT one').getByRole('link').click();
    await page.locator('.life').getByText('accepted in part').waitFor();
    expect(await page.locator('.life').textContent()).toContain('2 of 3 records kept');
    await page.getByText('Its answer does not say which').waitFor();
  });

  it('shows of each connection which switch decided, the answer of the flag, and where its records wait', async () => {
    await start();
    await program.stay();
    await program.stay({ enableTelemetry: false });
    await program.stay({ forceEnableTelemetry: true });
    await open('state');
    await connection('decided by connection.enableTelemetry').getByText('off', { exact: true }).waitFor();
    await connection('decided by connection.forceEnableTelemetry').getByText('not asked for').waitFor();
    const asked = connection('the server’s feature flag decides');
    await asked.getByText('enabled').waitFor();
    expect(await asked.textContent()).toMatch(/answered \d+ s ago, next question in \d+ min/);
    expect(await asked.textContent()).toContain('workspace 6012345678901234');
    expect(await page.locator('table.connections tbody tr').count()).toBe(3);
  });

  it('shows 50 of a pool of 60 connections, and how many more there are', async () => {
    await start();
    await Promise.all(Array.from({ length: 60 }, () => program.stay()));
    await open('state');
    await page.getByText('These are the latest 50. 10 more are open.').waitFor();
    expect(await page.locator('table.connections tbody tr').count()).toBe(50);
  });

  it.each(['light', 'dark'] as const)(
    'draws the states of a circuit breaker that has opened and recovered, %s, and axe finds nothing',
    async (colorScheme) => {
      await start({
        processor: {
          flushIntervalMs: 200,
          maxRetries: 0,
          circuitBreaker: { failureThreshold: 1, openMs: 1_500, successThreshold: 1 },
        },
      });
      await page.emulateMedia({ colorScheme });
      const session = await program.stay();
      program.databricks.telemetry.answer({ status: 503 }, 1);
      await program.query(session, {}, 'SELECT 1 FROM one');
      await open('state');
      const line = page.locator('.time-line');
      await line.locator('.breaker-open').waitFor();
      await program.databricks.telemetry.waitForRequests(2, 10_000);
      await expect.poll(() => page.locator('details summary').textContent()).toContain('3 changes');
      const text = await line.getAttribute('aria-label');
      expect(text).toMatch(/closed .*open 1\.\d+ s/);
      await page.locator('details summary').click();
      expect(await page.locator('details li').allTextContents()).toEqual([
        expect.stringMatching(/ open$/),
        expect.stringMatching(/ half-open$/),
        expect.stringMatching(/ closed$/),
      ]);
      expect(await axeViolations(page)).toEqual([]);
      // As a window of 720 at 200 %.
      await page.setViewportSize({ width: 360, height: 400 });
      const excess = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(excess).toBe(0);
    },
    30_000,
  );
});
