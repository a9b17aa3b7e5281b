import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A page, by its path in the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** All pages for people: the docs, and those beside the README. */
export function allPages(): Page[] {
  const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const inRoot = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...inRoot, ...inDocs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]
    .sort()
    .map(readPage);
}

/** The part of a page below a heading, up to the next heading of its level or a higher one. */
export function section({ path, text }: Page, heading: string): string {
  const start = new RegExp(`^(#+) ${escapeRegExp(heading)}$`, 'm').exec(text);
  if (start === null) {
    throw new Error(`${path} has no heading '${heading}'`);
  }
  const rest = text.slice(start.index + start[0].length);
  const end = new RegExp(`^#{1,${start[1]?.length}} `, 'm').exec(rest);
  return end === null ? rest : rest.slice(0, end.index);
}

/** The cells of the first table in a text, without its head. */
export function firstTable(text: string): string[][] {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.startsWith('| ---'));
  const rows: string[][] = [];
  for (let index = head + 1; head >= 0 && lines[index]?.startsWith('|'); index++) {
    const cells = (lines[index] ?? '').split(/(?<!\\)\|/).slice(1, -1);
    rows.push(cells.map((cell) => cell.trim()));
  }
  return rows;
}

/** All pieces of code in a text. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

/** The piece of code that a cell begins with. */
export function leadingCode(cell: string | undefined): string | undefined {
  return /^`([^`]+)`/.exec(cell ?? '')?.[1];
}

/** Fenced blocks of a language. */
export function codeBlocks({ text }: Page, language: string): string[] {
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map((match) => match[1] ?? '');
}

/** The anchors that GitHub gives to a page's headings. */
export function anchors(page: Page): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of withoutBlocks(page).matchAll(/^#+ (.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let n = 1; found.has(unique); n++) {
      unique = `${anchor}-${n}`;
    }
    found.add(unique);
  }
  return found;
}

/** All links of a page, those of headings that are links among them. */
export function linksOf(page: Page): string[] {
  const withoutCode = withoutBlocks(page).replace(/`[^`\n]*`/g, '');
  const inline = withoutCode.matchAll(/\]\(([^)\s]+)\)/g);
  const references = withoutCode.matchAll(/^\[[^\]]+\]: (\S+)$/gm);
  return [...inline, ...references].map((match) => match[1] ?? '');
}

/** Links of a page that lead to files beside it or to headings. */
export function internalLinks(page: Page): string[] {
  return linksOf(page).filter((link) => !/^[a-z]+:/.test(link));
}

function withoutBlocks({ text }: Page): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
