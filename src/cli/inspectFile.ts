import { openFile } from '../inspector/openFile.js';
import type { Terminal } from './terminal.js';

/** Serves the page over a file until Ctrl-C. */
export async function inspectFile(terminal: Terminal, path: string, port: number): Promise<number> {
  const inspector = await openFile(path, port);
  terminal.write(`${path}: ${inspector.url}`);
  terminal.write('Ctrl-C ends it.');
  // The page's server keeps no process alive.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  clearInterval(alive);
  await inspector.close();
  return 0;
}
