import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { context } from '@opentelemetry/api';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../tools/buildPage.js';
import { hasChromium, startChromium } from './chromium.js';
import { Program } from './program.js';

/** Tries what a page can try, and says what it got. */
const EVIL = `async (address) => {
  const loads = (name, attributes) => new Promise((resolve) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.onload = () => resolve('loaded');
    element.onerror = () => resolve('refused');
    document.body.append(element);
  });
  const events = () => new Promise((resolve) => {
    const source = new EventSource(address + 'events');
    source.addEventListener('snapshot', () => resolve('loaded'));
    source.onerror = () => resolve('refused');
  });
  const opened = window.open(address);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const reach = () => { try { return opened.document.title } catch { return 'refused' } };
  return {
    fetch: await fetch(address + 'export').then((answer) => answer.text()).catch(() => 'refused'),
    blind: await fetch(address + 'export', { mode: 'no-cors' })
      .then((answer) => answer.text()).catch(() => 'refused'),
    script: await loads('script', { src: address + 'app.js' }),
    style: await loads('link', { rel: 'stylesheet', href: address + 'app.css' }),
    image: await loads('img', { src: address + 'icon.svg' }),
    events: await events(),
    window: reach(),
  };
}`;

describe.skipIf(!hasChromium)('a page of another origin that knows the address of the inspector', () => {
  let browser: Browser;
  let evil: Server;

  beforeAll(async () => {
    await buildPage(fileURLToPath(new URL('../../dist/inspector', import.meta.url)));
    browser = await startChromium();
    evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title><body>');
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    evil?.closeAllConnections();
    evil?.close();
  });

  afterEach(() => context.disable());

  it('gets nothing of it, by whatever way a page has', async () => {
    const program = await Program.start();
    await program.session((session) => program.query(session, {}, 'SELECT 1 FROM one'));
    const page = await browser.newPage();
    const { port } = evil.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    const got = await page.evaluate(`(${EVIL})(${JSON.stringify(program.inspector.url)})`);
    expect(got).toEqual({
      fetch: 'refused',
      blind: expect.stringMatching(/^(refused)?$/),
      script: 'refused',
      style: 'refused',
      image: 'refused',
      events: 'refused',
      window: 'refused',
    });
    const framed = await page.evaluate(
      `new Promise((resolve) => {
        const frame = Object.assign(document.createElement('iframe'), {
          src: ${JSON.stringify(program.inspector.url)},
          onload: () => resolve(frame.contentDocument === null),
        });
        document.body.append(frame);
      })`,
    );
    expect(framed).toBe(true);
    expect(page.frames().map((frame) => frame.url())).not.toContain(program.inspector.url);
    await page.close();
    await program.stop();
  });
});
