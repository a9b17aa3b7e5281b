import { describe, expect, it } from 'vitest';
import { systemTags } from '../../src/instrumentation/systemTags.js';
import { Tag } from '../../src/tags/index.js';

describe("the process's own tags", () => {
  it('have the version of Node.js with its leading v, as the driver sends it (R16)', () => {
    expect(systemTags()[Tag.runtimeVersion]).toBe(`v${process.versions.node}`);
  });

  it.each([
    ['en_US where the environment names none, as the driver has it (R16)', {}, 'en_US'],
    ['en_US where it names no language', { LANG: 'C.UTF-8' }, 'en_US'],
    ['what LANG says', { LANG: 'de_AT.UTF-8' }, 'de_AT'],
    [
      'what LC_ALL says, before all others',
      { LC_ALL: 'fr_CA', LC_MESSAGES: 'it_IT', LANG: 'de_AT' },
      'fr_CA',
    ],
    ['what LC_MESSAGES says, before LANG', { LC_ALL: '', LC_MESSAGES: 'it_IT@euro', LANG: 'de_AT' }, 'it_IT'],
  ])('have as the locale %s', (_name, environment, locale) => {
    expect(systemTags(environment)[Tag.locale]).toBe(locale);
  });
});
