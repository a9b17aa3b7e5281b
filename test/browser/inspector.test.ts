import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { context } from '@opentelemetry/api';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../tools/buildPage.js';
import { axeViolations } from './axe.js';
import { hasChromium, startChromium } from './chromium.js';
import { Program } from './program.js';

if (!hasChromium) {
  process.stderr.write('The tests in a browser are left out: there is no Chromium. See CONTRIBUTING.md.\n');
}

const SECRETS = Array.from({ length: 40 }, (_, index) => `s3cr3t${String(index).padStart(2, '0')}`);
const SCRIPT = '</script><img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';

describe.skipIf(!hasChromium)("the inspector's page in a browser", () => {
  let browser: Browser;
  let program: Program;
  const pages: Page[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    await buildPage(fileURLToPath(new URL('../../dist/inspector', import.meta.url)));
    browser = await startChromium();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
  });

  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
    await program.stop();
    context.disable();
    expect(errors.splice(0)).toEqual([]);
  });

  async function open(view = 'operations', options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(8_000);
    pages.push(page);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|ERR_CONNECTION/.test(message.text())) {
        errors.push(message.text());
      }
    });
    await page.goto(`${program.inspector.url}#${view}`);
    return page;
  }

  const row = (page: Page, name: string) => page.locator('table.operations tbody tr', { hasText: name });
  const line = (page: Page, tag: string) => page.locator(`tr.line[data-tag="${tag}"]`);

  it('shows operations as they end, a failed one with its reason, and their records to the end', async () => {
    program = await Program.start();
    const page = await open();
    await page.getByText('No operation has ended yet').waitFor();
    await program.session(async (session) => {
      await program.query(session, {}, 'SELECT id FROM customers');
      await row(page, 'SELECT customers').waitFor();
      await program.query(
        session,
        { outcome: { state: 'ERROR', sqlState: '42P01' } },
        'SELECT total FROM invoices',
      );
    });
    await row(page, 'SELECT invoices').getByText('failed: 42P01').waitFor();
    await program.processor.forceFlush();
    await expect.poll(() => row(page, 'SELECT').getByText('accepted').count()).toBe(2);
    expect(await page.locator('table.operations tbody tr').count()).toBe(4);

    await page.getByLabel('Failed only').check();
    expect(await page.locator('table.operations tbody tr').count()).toBe(1);
    await page.getByLabel('Failed only').uncheck();
    await page.getByLabel('Kind').selectOption('CREATE_SESSION');
    expect(await page.locator('table.operations tbody tr').count()).toBe(1);
  });

  it('shows each tag with its rule, withheld ones as withheld, and the bytes that the server got', async () => {
    program = await Program.start({
      processor: { withhold: ['databricks.workspace.id'] },
      withholdLocally: ['server.port'],
    });
    await program.session((session) =>
      program.query(session, {}, "SELECT id FROM customers WHERE n = 's3cr3t'"),
    );
    await program.processor.forceFlush();
    const page = await open();
    await row(page, 'SELECT customers').getByRole('link').click();
    await page.getByText('What went where').waitFor();

    const rule = (tag: string) => line(page, tag).getAttribute('data-rule');
    expect(await rule('databricks.session.id')).toBe('sent');
    expect(await rule('databricks.workspace.id')).toBe('withheld');
    expect(await rule('db.query.summary')).toBe('local');
    expect(await line(page, 'databricks.workspace.id').locator('.databricks').textContent()).toBe('–');
    expect(await line(page, 'databricks.workspace.id').textContent()).toContain('withheld by you');
    expect(await line(page, 'server.port').locator('.local').textContent()).toContain('withheld by you');

    await page.getByLabel('Without line breaks').check();
    const shown = await page.locator('.scroll pre').textContent();
    const sent = program.databricks.telemetry.requests.flatMap(
      ({ body }) => (JSON.parse(body.toString('utf8')) as { protoLogs: string[] }).protoLogs,
    );
    expect(sent).toContain(shown);

    expect(await page.content()).not.toContain('customers WHERE');
    await line(page, 'db.query.text').getByRole('button').click();
    await line(page, 'db.query.text').getByText('customers WHERE n = ?').waitFor();
  });

  it('exports a bundle that has none of 40 marked secrets', async () => {
    program = await Program.start({
      instrumentation: {
        recordQueryParameters: true,
        queryText: 'sanitized',
        requestHook: (span) => {
          for (const secret of SECRETS) {
            span.setAttribute(`app.${secret}`, secret);
          }
        },
      },
    });
    await program.session(async (session) => {
      for (const secret of SECRETS.slice(0, 8)) {
        await program.query(session, {}, `SELECT ${secret} FROM ${secret}.${secret} WHERE x = '${secret}'`);
      }
    });
    await program.processor.forceFlush();
    const page = await open('export');
    const download = page.waitForEvent('download');
    await page.getByText('Download the support bundle').click();
    const bundle = readFileSync(await (await download).path(), 'utf8');
    expect(JSON.parse(bundle).records).toHaveLength(10);
    expect(SECRETS.filter((secret) => bundle.includes(secret))).toEqual([]);
    expect(bundle).not.toContain('127.0.0.1');
  });

  it('runs no script that stands in a tag, a name or a query', async () => {
    program = await Program.start({
      instrumentation: { requestHook: (span) => span.setAttribute('app.note', SCRIPT).updateName(SCRIPT) },
    });
    await program.session((session) => program.query(session, {}, `SELECT '${SCRIPT}'`));
    const page = await open();
    await row(page, 'onerror').first().getByRole('link').click();
    await line(page, 'app.note').getByText('onerror').waitFor();
    expect(await page.title()).not.toBe('run');
    expect(await page.locator('img').count()).toBe(0);
  });

  it('shows the same to two pages, one of them opened later', async () => {
    program = await Program.start();
    const first = await open();
    await program.session((session) => program.query(session, {}, 'SELECT 1 FROM one'));
    const second = await open();
    await program.session((session) => program.query(session, {}, 'SELECT 1 FROM two'));
    for (const page of [first, second]) {
      await row(page, 'SELECT one').waitFor();
      await row(page, 'SELECT two').waitFor();
    }
  });

  it('outlives the program, says so, and still shows what it had', async () => {
    program = await Program.start();
    const page = await open();
    await program.session((session) => program.query(session, {}, 'SELECT 1 FROM one'));
    await program.processor.forceFlush();
    await row(page, 'SELECT one').getByText('accepted').waitFor();
    // The page fetches details ahead, so that they are there afterwards.
    await page
      .waitForResponse((response) => /operation\/\d+$/.test(response.url()), { timeout: 5_000 })
      .catch(() => undefined);
    await page.waitForTimeout(1_000);
    await program.end();
    await page.getByText('The program has ended, or has closed its inspector').waitFor();
    await row(page, 'SELECT one').getByRole('link').click();
    await page.getByText('What went where').waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'gives axe nothing to find in any view, %s',
    async (colorScheme) => {
      program = await Program.start({ processor: { withhold: ['databricks.workspace.id'] } });
      await program.session(async (session) => {
        await program.query(session, {}, 'SELECT id FROM customers');
        await program.query(
          session,
          { outcome: { state: 'ERROR', sqlState: '42P01' } },
          'SELECT 1 FROM missing',
        );
      });
      await program.processor.forceFlush();
      const page = await open('operations', { colorScheme });
      await row(page, 'SELECT customers').waitFor();
      const hrefs = ['#operations', '#state', '#table', '#export', '#operations/2', '#operations/3'];
      for (const href of hrefs) {
        await page.goto(program.inspector.url + href);
        await page.locator('h1').waitFor();
        await page.waitForTimeout(300);
        expect(await axeViolations(page), href).toEqual([]);
      }
    },
    60_000,
  );

  it('is used by the keyboard, and readable at 200 % without scrolling sideways', async () => {
    program = await Program.start();
    await program.session((session) => program.query(session, {}, 'SELECT id FROM customers'));
    // A window of 1280 by 800 at 200 %.
    const page = await open('operations', { viewport: { width: 640, height: 400 } });
    await row(page, 'SELECT customers').waitFor();
    await row(page, 'SELECT customers').getByRole('link').focus();
    await page.keyboard.press('Enter');
    await page.getByText('What went where').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    for (const href of ['#operations', '#state', '#table', '#export', '#operations/2']) {
      await page.goto(program.inspector.url + href);
      await page.locator('h1').waitFor();
      const excess = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(excess, href).toBe(0);
    }
  });
});
