import { writeFileSync } from 'node:fs';
import { tagReference } from './tagReference.js';

writeFileSync(new URL('../docs/tags.md', import.meta.url), tagReference());
