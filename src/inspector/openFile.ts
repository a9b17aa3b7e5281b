import { FileSource } from './fileSource.js';
import { readPageFiles } from './pageFiles.js';
import { PageServer } from './pageServer.js';
import type { Inspector } from './startInspector.js';

/**
 * Serves the page over a file that a dry run or an exporter's `copyTo` has written. It does not keep the process
 * alive.
 *
 * @param port 0 for any that is free
 * @throws Error if the file can't be read, if there is no request in it, or if the port is taken
 */
export async function openFile(path: string, port: number): Promise<Inspector> {
  const source = await FileSource.read(path);
  if (source.isEmpty) {
    throw new Error(`there is no request in ${path}. A dry run or the option 'copyTo' writes such a file`);
  }
  const server = new PageServer(source, readPageFiles());
  return { url: await server.listen(port), close: () => server.close() };
}
