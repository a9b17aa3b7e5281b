import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tagReference } from '../../tools/tagReference.js';

it('docs/tags.md is what the table says (npm run docs:tags writes it)', () => {
  const page = readFileSync(new URL('../../docs/tags.md', import.meta.url), 'utf8');

  expect(page).toBe(tagReference());
});
