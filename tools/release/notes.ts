/** Writes the notes of a release to standard output: `tsx tools/release/notes.ts v1.2.3`. Fails if the tag is wrong. */
import { readFileSync } from 'node:fs';
import { releaseNotes } from './changelog.js';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(read('package.json')) as { version: string };
try {
  console.log(releaseNotes(tag, version, read('CHANGELOG.md')));
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
