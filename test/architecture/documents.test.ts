import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../support/product.ts';
import { filesUnder, read } from '../support/repository.ts';

/** Documents tell of what is there: whatever they name exists. */

const folders = ['.ci', 'src', 'interactions', 'adapters', 'migrations', 'sandbox', 'bench', 'test', 'profiles', 'docs'];
const topFiles = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ name }) => name);
const files = [...topFiles, ...filesUnder(folders, /./)];
const documents = files.filter((file) => file.endsWith('.md'));

/** Every word of the code and its data. */
const words = new Set(
  files
    .filter((file) => /\.(ts|js|cjs|json|pug|css)$/.test(file) && file !== 'package-lock.json')
    .flatMap((file) => read(file).match(/[\w$]+/g) ?? []),
);
const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));

interface Named {
  readonly document: string;
  readonly name: string;
}

/** What stands in backticks, and the lines of shell blocks. */
const spans: readonly Named[] = documents.flatMap((document) =>
  [...read(document).matchAll(/(?<!`)`([^`\n]+)`(?!`)|^(npm .*)$/gm)].map(([, span, line]) => ({ document, name: span ?? line ?? '' })),
);

/** `<name>` and `*` stand for anything. */
function exists(path: string): boolean {
  const pattern = path
    .replace(/\/$/, '')
    .split(/<[^>]+>|\*/)
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^/]+');
  const wanted = new RegExp(`(^|/)${pattern}(/|$)`);
  return files.some((file) => wanted.test(file));
}

/** Files of a deployment, names of Node and of OpenID Connect that are not here, and words kept for what is to come. */
const elsewhere = new Set([
  'index.ts',
  './clients.json',
  'DATA_DIR/secrets.json',
  'line.json',
  'NODE_EXTRA_CA_CERTS',
  'given_name',
  'family_name',
  'middle_name',
  'ReviewCase',
  'deleteAccount',
]);

const named = (is: RegExp): readonly Named[] => spans.filter(({ name }) => is.test(name) && !elsewhere.has(name));

describe('documents name', () => {
  it('files and folders that are there', () => {
    const paths = [
      ...named(/^[\w.@<>*/-]+\.(ts|js|cjs|json|md|pug|css|svg|html)$/),
      ...named(/^(\.ci|src|interactions|adapters|migrations|sandbox|bench|test|profiles|docs)\/[\w.<>*/-]*$/),
    ].filter(({ name }) => !name.startsWith('/'));
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter(({ name }) => !exists(name))).toEqual([]);
  });

  it('functions, types, settings and columns that are there', () => {
    const identifiers = named(
      /^[a-z]+[A-Z]\w*(\(.*\))?$|^[A-Z]\w*[a-z]\w*[A-Z]\w*(\(.*\))?$|^[a-z]+(_[a-z]+)+$|^[A-Z][A-Z0-9]+(_[A-Z0-9]+)+$/,
    );
    expect(identifiers.length).toBeGreaterThan(100);
    // The requirements say what must be there, not what is.
    const told = identifiers.filter(({ document }) => document !== 'docs/requirements.md');
    expect(told.filter(({ name }) => !words.has(name.replace(/\(.*$/, '')))).toEqual([]);
  });

  it('commands that are there', () => {
    const commands = named(/^npm (run )?[a-z]/).flatMap(({ document, name }) =>
      [...name.matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(test|start)\b)/g)].map(([, run, short]) => ({
        document,
        name: run ?? short ?? '',
      })),
    );
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter(({ name }) => scripts[name] === undefined)).toEqual([]);
  });

  it('pages and places of pages that are there', () => {
    const links = documents.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, address = '']) => ({ document, address })),
    );
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter(({ document, address }) => !leadsSomewhere(document, address))).toEqual([]);
  });
});

it('the decisions are listed, each once', () => {
  const listed = [...read('docs/adr/README.md').matchAll(/\]\((\d{4}-[\w-]+\.md)\)/g)].map(([, file = '']) => file);
  const there = readdirSync(join(root, 'docs/adr')).filter((file) => file !== 'README.md');
  expect(listed).toEqual(there.toSorted());
});

function leadsSomewhere(document: string, address: string): boolean {
  const [path = '', anchor] = address.split('#');
  const file = path === '' ? document : normalize(join(dirname(document), path));
  if (!exists(file)) return false;
  return anchor === undefined || anchorsOf(file).includes(anchor);
}

/** As GitHub makes them. */
function anchorsOf(file: string): readonly string[] {
  return [...readFileSync(join(root, file), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
