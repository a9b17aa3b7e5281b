import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './markdown.js';
import { loadWorkflowParser } from './workflowParser.js';

// Nothing here runs on GitHub: these read the files as GitHub would.

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const list = (folder: string) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`);

const WORKFLOWS = list('.github/workflows');
const ISSUE_FORMS = list('.github/ISSUE_TEMPLATE').filter((path) => !path.endsWith('/config.yml'));
const SCRIPTS = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

let parser: Awaited<ReturnType<typeof loadWorkflowParser>>;
beforeAll(async () => {
  parser = await loadWorkflowParser();
});

/** The errors that GitHub's own parser finds: unknown keys, wrong types, expressions that can't be read. */
async function errorsOf(path: string, content: string): Promise<string[]> {
  const { context, value } = parser.parseWorkflow(
    { name: path, content },
    new parser.NoOperationTraceWriter(),
  );
  if (value !== undefined) {
    await parser.convertWorkflowTemplate(context, value);
  }
  return context.errors.getErrors().map(({ message }) => message);
}

describe('the workflows', () => {
  it.each(WORKFLOWS)("%s: has no error for GitHub's own parser", async (path) => {
    expect(await errorsOf(path, read(path))).toEqual([]);
  });

  it.each([
    ['an unknown key', 'runs-on:', 'runs_on:'],
    ['an unknown context', 'matrix.node }}', 'metrix.node }}'],
    ['a step of two kinds', 'run: bash .ci/run', 'run: bash .ci/run\n        uses: a/b@v1'],
  ])('%s would be found', async (_, right, wrong) => {
    const content = read('.github/workflows/ci.yml');
    expect(content).toContain(right);
    expect(await errorsOf('ci.yml', content.replace(right, wrong))).not.toEqual([]);
  });

  it.each(WORKFLOWS)(
    '%s: pins actions to a major version, and begins with the right to read alone',
    (path) => {
      const uses = [...read(path).matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
      expect(
        uses.filter((action) => !action.startsWith('./') && !/^[\w-]+(\/[\w-]+)+@v\d+$/.test(action)),
      ).toEqual([]);
      expect((parse(read(path)) as { permissions: unknown }).permissions).toEqual({ contents: 'read' });
    },
  );

  it('run scripts and files that exist', () => {
    const commands = WORKFLOWS.map(read).join('\n');
    const files = [...commands.matchAll(/(?:bash|tsx) ([\w./-]+)/g)].map(([, file = '']) => file);
    const scripts = [...commands.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect(scripts.filter((script) => SCRIPTS[script] === undefined)).toEqual([]);
  });

  it('check every version of Node.js that the README supports', () => {
    const { jobs } = parse(read('.github/workflows/ci.yml')) as {
      jobs: { checks: { strategy: { matrix: { node: number[] } } } };
    };
    const [, row = ''] = /^\| Node\.js \| (.*) \|$/m.exec(read('README.md')) ?? [];
    const supported = [...row.matchAll(/\b(\d\d)\b(?!\.\d+ )/g)].map(([, major]) => Number(major));
    expect(supported.length).toBeGreaterThan(2);
    expect(jobs.checks.strategy.matrix.node).toEqual(expect.arrayContaining(supported));
  });
});

describe('the other files of .github', () => {
  it('dependabot waits before it proposes a version', () => {
    const { version, updates } = parse(read('.github/dependabot.yml')) as {
      version: number;
      updates: Array<{ 'package-ecosystem': string; cooldown: { 'default-days': number } }>;
    };
    expect(version).toBe(2);
    expect(updates.map((update) => update['package-ecosystem'])).toEqual(['npm', 'github-actions']);
    expect(updates.filter(({ cooldown }) => !(cooldown['default-days'] >= 7))).toEqual([]);
  });

  it.each(ISSUE_FORMS)('%s: is a form that GitHub takes', (path) => {
    const form = parse(read(path)) as {
      name: string;
      description: string;
      body: Array<{
        type: string;
        id?: string;
        attributes: { label?: string; value?: string; options?: string[] };
      }>;
    };
    const questions = form.body.filter(({ type }) => type !== 'markdown');
    const ids = questions.map(({ id }) => id);
    expect([typeof form.name, typeof form.description]).toEqual(['string', 'string']);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, attributes } of questions) {
      expect(['dropdown', 'input', 'textarea', 'checkboxes']).toContain(type);
      expect(attributes.label).toEqual(expect.any(String));
      expect(new Set(attributes.options).size).toBe(attributes.options?.length ?? 0);
    }
  });

  it('CODEOWNERS names paths that exist', () => {
    const paths = [...read('.github/CODEOWNERS').matchAll(/^\/(\S*)/gm)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
