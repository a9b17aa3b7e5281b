import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, anchors, internalLinks, linksOf, type Page, ROOT, readPage } from './markdown.js';
import { REPOSITORY, repositoryFile } from './repository.js';

/** Pages that npm shows, or that stand in the package, without the pages they link to. */
const PUBLISHED = ['README.md', 'CHANGELOG.md'];

/** Places on GitHub that are no files. */
const GITHUB_PLACES =
  /^(\/(issues|security\/advisories\/new|compare\/v[\d.]+\.\.\.HEAD|releases\/tag\/v[\d.]+))?$/;

describe('links between the pages', () => {
  it.each(allPages().map((page) => [page.path, page] as const))(
    '%s: every link leads somewhere',
    (_, page) => {
      const relative = internalLinks(page).filter((link) => !leadsSomewhere(page, link));
      const absolute = linksOf(page).filter((link) => {
        const file = repositoryFile(link);
        return file === undefined
          ? link.startsWith(REPOSITORY) && !GITHUB_PLACES.test(link.slice(REPOSITORY.length))
          : !leadsSomewhere({ path: '', text: '' }, file);
      });
      expect([...relative, ...absolute]).toEqual([]);
    },
  );

  it.each(PUBLISHED)('%s: works on npm too, where the other pages are missing', (path) => {
    const page = readPage(path);
    const relative = internalLinks(page).filter((link) => !link.startsWith('#'));
    const images = [...page.text.matchAll(/<(?:img|a|source)\b[^>]*?(?:src|href|srcset)="([^"]*)"/g)].map(
      ([, url = '']) => url,
    );
    expect([...relative, ...images.filter((url) => !url.startsWith('https://'))]).toEqual([]);
  });
});

describe("the repository's address", () => {
  it('is the same in package.json and wherever else it is written', () => {
    const files = [
      ...allPages().map(({ path }) => path),
      '.github/ISSUE_TEMPLATE/config.yml',
      '.github/CODEOWNERS',
      '.github/workflows/release.yml',
    ];
    const [, owner = '', name = ''] = /^https:\/\/github\.com\/([^/]+)\/([^/]+)$/.exec(REPOSITORY) ?? [];
    const others = files.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const links = text.match(/github(?:usercontent)?\.com\/[\w-]+\/opentelemetry-databricks-sql/g) ?? [];
      const owners = file.endsWith('CODEOWNERS') ? (text.match(/@[\w-]+(?=\/)/g) ?? []) : [];
      return [
        ...links.filter((link) => !link.endsWith(`.com/${owner}/${name}`)),
        ...owners.filter((team) => team !== `@${owner}`),
      ].map((wrong) => `${file}: ${wrong}`);
    });
    expect(others).toEqual([]);
  });

  it('gives package.json its homepage and the place for bugs', () => {
    const { homepage, bugs } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect([homepage, bugs]).toEqual([`${REPOSITORY}#readme`, `${REPOSITORY}/issues`]);
  });
});

/** Whether a link, seen from a page, leads to a file, and to a heading of it if it names one. */
function leadsSomewhere(page: Page, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), file));
  return existsSync(join(ROOT, path)) && (anchor === undefined || anchors(readPage(path)).has(anchor));
}
