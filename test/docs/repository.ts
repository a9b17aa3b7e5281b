import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './markdown.js';

/** The repository's page, without a slash at its end: package.json is the one place that says it. */
export const REPOSITORY = repositoryPage();

/** The path, with its anchor, of a link to a file of this repository on GitHub; else undefined. */
export function repositoryFile(link: string): string | undefined {
  const [owner, name] = REPOSITORY.split('/').slice(-2);
  const prefixes = [
    `${REPOSITORY}/blob/main/`,
    `${REPOSITORY}/tree/main/`,
    `https://raw.githubusercontent.com/${owner}/${name}/main/`,
  ];
  const prefix = prefixes.find((start) => link.startsWith(start));
  return prefix === undefined ? undefined : link.slice(prefix.length);
}

function repositoryPage(): string {
  const { repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    repository: { type: string; url: string };
  };
  const [, page] = /^git\+(https:\/\/github\.com\/[\w-]+\/[\w.-]+)\.git$/.exec(repository.url) ?? [];
  if (page === undefined) {
    throw new Error(`repository.url in package.json is '${repository.url}'`);
  }
  return page;
}
