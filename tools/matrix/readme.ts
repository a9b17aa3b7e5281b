import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = join(import.meta.dirname, '../../README.md');

export type SetUpName = 'SDK 2.x' | 'SDK 3.x' | 'no code' | 'no OpenTelemetry';

/** What a newcomer does with the README in front of them. */
export interface SetUp {
  readonly name: SetUpName;
  /** Begins with `npm install`. */
  readonly install: string;
  /** Pieces of code, by the file that a newcomer puts them into. */
  readonly files: Readonly<Record<string, string>>;
  /** Begins with `node`. */
  readonly start: string;
  /** Whether the user's own backend gets spans. */
  readonly hasBackend: boolean;
}

/** The set-ups of the README, with its commands and its code as they stand there. */
export function readSetUps(readme = readFileSync(README, 'utf8')): readonly SetUp[] {
  const own = sectionOf(readme, 'In an application that uses OpenTelemetry');
  const [install2, install3] = blocksOf(own, 'sh');
  const [tracing, line3] = blocksOf(own, 'js');
  const [commandLines] = blocksOf(sectionOf(readme, 'With no code'), 'sh');
  const alone = sectionOf(readme, 'In a program without OpenTelemetry');
  const [installAlone] = blocksOf(alone, 'sh');
  const [codeAlone] = blocksOf(alone, 'js');
  assert.ok(install2 && install3 && tracing && line3 && commandLines && installAlone && codeAlone);
  const [file, start] = /^\/\/ (\S+): (node .*)\n/.exec(tracing)?.slice(1) ?? [];
  const [installZero, startZero] = commandLines.split('\n');
  assert.ok(file && start && installZero && startZero);
  return [
    { name: 'SDK 2.x', install: install2, files: { [file]: tracing }, start, hasBackend: true },
    { name: 'no code', install: installZero, files: {}, start: startZero, hasBackend: true },
    {
      name: 'no OpenTelemetry',
      install: installAlone,
      files: { 'app.mjs': `${codeAlone}\nawait import('./app.js');\n` },
      start: 'node app.mjs',
      hasBackend: false,
    },
    // The last one: it does not run on the oldest Node.js, and `chosen` counts on that.
    {
      name: 'SDK 3.x',
      install: install3,
      files: { [file]: withLine3(tracing, line3) },
      start,
      hasBackend: true,
    },
  ];
}

/** The snippet with the two lines that the README gives for the 3.x line of the SDK. */
function withLine3(tracing: string, line3: string): string {
  const [importLine, , use] = line3.split('\n');
  return replaceOnce(
    replaceOnce(tracing, /^import \{ BatchSpanProcessor \}.*$/m, importLine),
    /exportLocal\(.*\)(?=,$)/m,
    use?.replace(/;$/, ''),
  );
}

function replaceOnce(text: string, pattern: RegExp, replacement: string | undefined): string {
  assert.match(text, pattern);
  assert.ok(replacement);
  return text.replace(pattern, () => replacement);
}

function sectionOf(readme: string, heading: string): string {
  const section = readme.split(/^### /m).find((part) => part.startsWith(`${heading}\n`));
  assert.ok(section, `the README has no part '${heading}'`);
  return section.split(/^## /m)[0] ?? '';
}

function blocksOf(section: string, language: string): readonly string[] {
  const pattern = new RegExp(`^\`\`\`${language}\n([^]*?)\n\`\`\`$`, 'gm');
  return [...section.matchAll(pattern)].map(([, code = '']) => code);
}
