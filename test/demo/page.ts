import { fileURLToPath } from 'node:url';
import type { DatabricksSpanProcessor } from '../../src/index.js';
import { startInspector } from '../../src/inspector/index.js';
import { buildPage } from '../../tools/buildPage.js';

interface Shown {
  readonly processor: DatabricksSpanProcessor;
  readonly local: object;
  /** What is to be watched. */
  readonly run: () => Promise<void>;
}

/** Runs the queries under the inspector's page, and leaves it open until Ctrl-C. */
export async function showPage({ processor, local, run }: Shown): Promise<void> {
  await buildPage(fileURLToPath(new URL('../../dist/inspector', import.meta.url)));
  const inspector = await startInspector(processor, { local });
  console.log(`Open ${inspector.url}`);
  await run();
  await processor.forceFlush();
  console.log('All has run. The page stays until Ctrl-C.');
  const alive = setInterval(() => undefined, 60_000);
  await new Promise((resolve) => process.once('SIGINT', resolve));
  clearInterval(alive);
  await inspector.close();
}
