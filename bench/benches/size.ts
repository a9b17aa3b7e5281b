import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Bench, Effort, Prepared, Row, Sample } from '../harness/bench.js';
import { BUILT } from '../harness/paths.js';
import type { Samples } from '../harness/samples.js';
