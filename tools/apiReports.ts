/**
 * `npm run api`: compares the declarations of each entry point with its report in `etc/`; `-- --local` writes the
 * reports anew. Fails for a type that is used and not exported, and for more names than a face should have.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const ROOT = path.join(import.meta.dirname, '..');
const CONFIG = path.join(ROOT, 'tools', 'api-extractor.json');

/** Entry points with their reports, and how many names each may export. */
const ENTRIES = [
  { entry: 'index', report: 'opentelemetry-databricks-sql', maxNames: 35 },
  { entry: 'driver', report: 'driver', maxNames: 12 },
  { entry: 'inspector', report: 'inspector', maxNames: 6 },
  { entry: 'register', report: 'register', maxNames: 2 },
];

const localBuild = process.argv.includes('--local');
for (const { entry, report, maxNames } of ENTRIES) {
  const configObject = ExtractorConfig.loadFile(CONFIG);
  configObject.mainEntryPointFilePath = `<projectFolder>/dist/${entry}.d.ts`;
  configObject.apiReport = { ...configObject.apiReport, enabled: true, reportFileName: `${report}.api.md` };
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: CONFIG,
    packageJsonFullPath: path.join(ROOT, 'package.json'),
  });
  const { succeeded } = Extractor.invoke(config, { localBuild });
  const text = readFileSync(path.join(ROOT, 'etc', `${report}.api.md`), 'utf8');
  const names = text.match(/^export (?!\{)/gm)?.length ?? 0;
  console.log(`${entry}: ${names} names`);
  if (!succeeded || names > maxNames || text.includes('@internal')) {
    console.error(
      `${entry}: at most ${maxNames} names, each with all its types, and nothing internal; see above`,
    );
    process.exitCode = 1;
  }
}
