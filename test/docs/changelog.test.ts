import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { releaseNotes, releases } from '../../tools/release/changelog.js';
import { ROOT } from './markdown.js';

const TEXT = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
const RELEASES = releases(TEXT);
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

const SAMPLE = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-30

### Added

- A thing.

## [1.1.0] - unreleased

- Another.

## [1.0.0] - 2026-01-01

[Unreleased]: https://example.org/compare/v1.2.0...HEAD
`;

describe('CHANGELOG.md', () => {
  it('has what is not released first, then the version of package.json', () => {
    expect(RELEASES.slice(0, 2).map(({ version }) => version)).toEqual(['Unreleased', VERSION]);
  });

  it('has a link for every heading, and changes of the known kinds only', () => {
    const links = [...TEXT.matchAll(/^\[([^\]]+)\]: https:\S+$/gm)].map(([, name]) => name);
    expect(links).toEqual(RELEASES.map(({ version }) => version));
    const kinds = [...TEXT.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind);
    const known = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
    expect(kinds.filter((kind) => !known.includes(kind ?? ''))).toEqual([]);
  });
});

describe('the notes of a release', () => {
  it('are what stands below its heading', () => {
    expect(releaseNotes('v1.2.0', '1.2.0', SAMPLE)).toBe('### Added\n\n- A thing.');
  });

  it.each([
    [
      'the tag is of another version',
      'v1.3.0',
      '1.2.0',
      'the tag is v1.3.0, but package.json has version 1.2.0: the tag must be v1.2.0',
    ],
    [
      'the changelog lacks the version',
      'v1.3.0',
      '1.3.0',
      "CHANGELOG.md has no heading '## [1.3.0] - <date>'",
    ],
    ['there is no date', 'v1.1.0', '1.1.0', "CHANGELOG.md has no date for 1.1.0: it says 'unreleased'"],
    ['there is nothing to say', 'v1.0.0', '1.0.0', 'CHANGELOG.md says nothing about 1.0.0'],
  ])('are refused where %s', (_, tag, version, message) => {
    expect(() => releaseNotes(tag, version, SAMPLE)).toThrow(message);
  });
});
