import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { allPages, codeBlocks, ROOT } from './markdown.js';

/** Every TypeScript block of the pages, as a module of its own. */
const SAMPLES = new Map(
  allPages().flatMap((page) =>
    codeBlocks(page, 'ts').map(
      (code, index) => [join(ROOT, `${page.path.replace(/\W+/g, '-')}-${index + 1}.ts`), code] as const,
    ),
  ),
);

describe('code samples of the pages', () => {
  it('compile against this package', { timeout: 120_000 }, () => {
    expect(SAMPLES.size).toBeGreaterThan(4);
    const program = ts.createProgram([...SAMPLES.keys()], OPTIONS, hostWith(SAMPLES));
    const errors = ts
      .getPreEmitDiagnostics(program)
      .filter(({ file }) => file === undefined || SAMPLES.has(file.fileName))
      .map(
        ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    expect(errors).toEqual([]);
  });
});

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    'opentelemetry-databricks-sql': [join(ROOT, 'src/index.ts')],
    'opentelemetry-databricks-sql/driver': [join(ROOT, 'src/driver.ts')],
    'opentelemetry-databricks-sql/inspector': [join(ROOT, 'src/inspector/index.ts')],
    'opentelemetry-databricks-sql/register': [join(ROOT, 'src/register.ts')],
  },
};

function hostWith(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile, getSourceFile } = host;
  return {
    ...host,
    getCurrentDirectory: () => ROOT,
    fileExists: (name) => files.has(name) || fileExists(name),
    readFile: (name) => files.get(name) ?? readFile(name),
    getSourceFile: (name, languageVersion, ...rest) => {
      const code = files.get(name);
      return code === undefined
        ? getSourceFile(name, languageVersion, ...rest)
        : ts.createSourceFile(name, code, languageVersion);
    },
  };
}
