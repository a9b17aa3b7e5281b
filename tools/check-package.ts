/**
 * Checks the tarball that `npm pack` makes of the built package: what is in it, what its declarations
 * need, that both module systems get the same, and what publint and @arethetypeswrong/cli think of it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');
const NAME = 'opentelemetry-databricks-sql';

/** What users need; anything else in the tarball is a mistake. */
const ALLOWED_FILES =
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/[\w-]+\.(js|cjs|d\.ts|d\.cts)|dist\/inspector\/(index\.html|app\.(js|css)|icon\.svg))$/;
const EXPECTED_FILES = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'dist/cli.js',
  ...['index.html', 'app.js', 'app.css', 'icon.svg'].map((file) => `dist/inspector/${file}`),
  ...['index', 'driver', 'register', 'inspector'].flatMap((entry) =>
    ['js', 'cjs', 'd.ts', 'd.cts'].map((extension) => `dist/${entry}.${extension}`),
  ),
];
const MAX_PAGE_BYTES = 100_000;
/** Whoever installs the package has these, and their types. */
const TYPES_AT_HAND = ['@opentelemetry/api'];

const problems: string[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'package-check-'));
try {
  const tarball = pack();
  checkDeclarations();
  checkModules();
  run('publint', ['run', tarball, '--strict']);
  run('attw', [tarball]);
} finally {
  rmSync(folder, { recursive: true });
}
for (const problem of problems) {
  console.error(`package: ${problem}`);
}
process.exitCode = problems.length === 0 ? 0 : 1;

/** @returns the path of the tarball, after a look at the names of its files */
function pack(): string {
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(output) as Array<{
    filename: string;
    size: number;
    files: Array<{ path: string; size: number }>;
  }>;
  if (packed === undefined) {
    throw new Error('npm pack made nothing');
  }
  const files = packed.files.map((file) => file.path);
  console.log(`${packed.filename}: ${files.length} files, ${Math.round(packed.size / 1024)} KiB`);
  for (const file of files.filter((name) => !ALLOWED_FILES.test(name))) {
    problems.push(`${file} is in the tarball, but no user needs it`);
  }
  for (const file of EXPECTED_FILES.filter((name) => !files.includes(name))) {
    problems.push(`${file} is missing from the tarball`);
  }
  const page = packed.files.filter((file) => file.path.startsWith('dist/inspector/'));
  const pageBytes = page.reduce((sum, { size }) => sum + size, 0);
  if (pageBytes > MAX_PAGE_BYTES) {
    problems.push(`the inspector's page has ${pageBytes} bytes, allowed are ${MAX_PAGE_BYTES}`);
  }
  return path.join(folder, packed.filename);
}

/** The declarations compile by themselves, strictly, and ask for no package that a user may lack. */
function checkDeclarations(): void {
  const declarations = readdirSync(DIST).filter((name) => /\.d\.c?ts$/.test(name));
  for (const name of declarations) {
    const text = readFileSync(path.join(DIST, name), 'utf8');
    for (const [, module = ''] of text.matchAll(/(?:from|import|require)\s*\(?['"]([^'".][^'"]*)['"]/g)) {
      if (!TYPES_AT_HAND.includes(module) && !module.startsWith('node:')) {
        problems.push(`dist/${name} needs the types of ${module}`);
      }
    }
  }
  run('tsc', [
    ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'],
    ...['--target', 'es2022', '--module', 'nodenext', '--types', 'node'],
    ...declarations.map((name) => path.join('dist', name)),
  ]);
}

/** `import` and `require` find the same names, in a Node.js without loaders, and know each other's connections. */
function checkModules(): void {
  const program = `
    const assert = require('node:assert');
    const names = (exports) => Object.keys(exports).filter((name) => !/^(default|module\\.exports)$/.test(name)).sort();
    const load = async (entry) => ({ imported: await import(entry), required: require(entry) });
    (async () => {
      for (const entry of ['', '/driver', '/inspector']) {
        const { imported, required } = await load(${JSON.stringify(NAME)} + entry);
        assert.deepEqual(names(required), names(imported));
      }
      const { imported } = await load(${JSON.stringify(`${NAME}/driver`)});
      const { ROOT_CONTEXT } = require('@opentelemetry/api');
      const handle = new imported.ConnectionHandle({ driverVersion: '1.0.0', driverProduct: 'Test/1.0.0' });
      const context = imported.setConnection(ROOT_CONTEXT, handle);
      const span = { instrumentationScope: { name: 'opentelemetry-databricks-sql' }, attributes: {}, spanContext: () => ({}) };
      new (require(${JSON.stringify(NAME)}).DatabricksSpanProcessor)().onStart(span, context);
      assert.notEqual(handle.served, undefined);
    })().catch((error) => { console.error(error); process.exitCode = 1; });`;
  try {
    execFileSync(process.execPath, ['--input-type=commonjs', '--eval', program], {
      cwd: ROOT,
      stdio: 'inherit',
    });
  } catch {
    problems.push("import and require do not give the same, or don't know each other's connections");
  }
}

function run(tool: string, args: readonly string[]): void {
  console.log(`${tool} ${args.join(' ')}`);
  try {
    execFileSync(path.join(ROOT, 'node_modules/.bin', tool), args, { cwd: ROOT, stdio: 'inherit' });
  } catch {
    problems.push(`${tool} is not content`);
  }
}
