import { writeFileSync } from 'node:fs';
import { optionReference } from './optionReference.js';

writeFileSync(new URL('../docs/options.md', import.meta.url), optionReference());
