import { chromium } from 'playwright-core';
const url = process.argv[2]!; const scheme = (process.argv[3] ?? 'light') as any; const zoom = Number(process.argv[4] ?? 1);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless','--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'] });
const page = await browser.newPage({ viewport: { width: 1280 / zoom, height: 800 / zoom }, deviceScaleFactor: zoom, colorScheme: scheme });
page.on('console', m => console.log('console', m.type(), m.text())); page.on('pageerror', e => console.log('pageerror', e.message));
await page.goto(url); await page.waitForSelector('table.operations');
for (const [name, hash] of [['operations','#operations'],['state','#state'],['table','#table'],['export','#export']]) {
  await page.goto(url + hash); await page.waitForTimeout(400); await page.screenshot({ path: `/tmp/shot-${name}-${scheme}-${zoom}.png`, fullPage: name!=='table' });
}
await page.goto(url + '#operations'); await page.locator('table.operations a').nth(4).click(); await page.waitForSelector('table.lines'); await page.waitForTimeout(300);
await page.screenshot({ path: `/tmp/shot-operation-${scheme}-${zoom}.png`, fullPage: true });
await browser.close();
