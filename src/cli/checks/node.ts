import type { Finding } from './finding.js';

/** As `engines` in package.json. */
const MINIMUM = [20, 18, 1] as const;

/** @param version as `process.version` */
export function checkNode(version: string): Finding[] {
  const parts = version.replace(/^v/, '').split('.').map(Number);
  const isEnough = compare(parts, MINIMUM) >= 0;
  return [
    isEnough
      ? { level: 'ok', name: 'Node.js', text: version }
      : {
          level: 'fail',
          name: 'Node.js',
          text: version,
          advice: `Version ${MINIMUM.join('.')} or later is needed.`,
        },
  ];
}

function compare(parts: readonly number[], minimum: readonly number[]): number {
  for (const [index, part] of minimum.entries()) {
    const difference = (parts[index] ?? 0) - part;
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
