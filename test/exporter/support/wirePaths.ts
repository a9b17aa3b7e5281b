/** The paths of all values in a request body's logs, `entry.sql_driver_log.` left out. */
export function wirePathsOf(body: string): Set<string> {
  const { protoLogs } = JSON.parse(body) as { protoLogs: string[] };
  const paths = new Set<string>();
  for (const log of protoLogs) {
    collect(JSON.parse(log), '', paths);
  }
  return paths;
}

function collect(value: unknown, path: string, paths: Set<string>): void {
  if (typeof value !== 'object' || value === null) {
    paths.add(path.replace(/^entry\.sql_driver_log\./, ''));
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    collect(member, path === '' ? name : `${path}.${name}`, paths);
  }
}
