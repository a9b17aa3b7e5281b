import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, anchors, internalLinks, ROOT, readPage } from './markdown.js';

describe('links between the pages', () => {
  it.each(allPages().map((page) => [page.path, page] as const))(
    '%s: every link leads somewhere',
    (_, page) => {
      const broken = internalLinks(page).filter((link) => {
        const [file = '', anchor] = link.split('#');
        const path = file === '' ? page.path : posix.normalize(posix.join(posix.dirname(page.path), file));
        if (!existsSync(join(ROOT, path))) {
          return true;
        }
        return anchor !== undefined && !anchors(readPage(path)).has(anchor);
      });
      expect(broken).toEqual([]);
    },
  );
});
