import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCE = fileURLToPath(new URL('../src/inspector/page/', import.meta.url));

/** Bundles the inspector's page: one script, one style sheet, no request to anywhere else. */
export async function buildPage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: { app: `${SOURCE}main.tsx` },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    banner: {
      js: '/*! With Preact, https://preactjs.com, MIT License, Copyright (c) 2015-present Jason Miller */',
    },
    logLevel: 'warning',
  });
  await build({
    entryPoints: [`${SOURCE}app.css`],
    outfile: `${folder}/app.css`,
    bundle: true,
    external: ['icon.svg'],
    minify: true,
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) {
    await copyFile(`${SOURCE}${file}`, `${folder}/${file}`);
  }
}
