import { describe, expect, it } from '@jest/globals';
import { filesUnder, read } from '../support/repository.ts';

/** `[REC-07]` in code, tests and documents points to a row of docs/requirements.md. */

const ids = [...read('docs/requirements.md').matchAll(/^\| ([A-Z]{2,3}-\d{2}) \| (\S.*?) \|/gm)].map(([, id = '']) => id);

/** What looks like an id and is none. */
const others = new Set(['UTF-16']);

const places = [
  ...filesUnder(['src', 'interactions', 'adapters', 'migrations', 'sandbox', 'bench', 'test', 'profiles'], /\.(ts|pug|js|json|css)$/),
  ...filesUnder(['docs'], /\.md$/),
  'README.md',
];

function idsIn(file: string): readonly string[] {
  return [...read(file).matchAll(/\b[A-Z]{2,5}-\d{2}\b/g)].map(([id]) => id).filter((id) => !others.has(id));
}

describe('the requirements', () => {
  it('are rows with an id of their own', () => {
    expect(ids.length).toBeGreaterThan(350);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('hold every id that code, tests and documents name', () => {
    const known = new Set(ids);
    const named = places.flatMap((file) => idsIn(file).map((id) => [file, id] as const));
    expect(named.filter(([file]) => file.startsWith('test/journeys/')).length).toBeGreaterThan(300);
    expect(named.filter(([, id]) => !known.has(id))).toEqual([]);
  });

  it('are what stands in brackets at the head of a test', () => {
    const titles = filesUnder(['test'], /\.ts$/).flatMap((file) =>
      [...read(file).matchAll(/(?:it|describe|it\.each\([^)]*\))\(\s*['`"]\[([^\]]+)\]/g)].map(
        ([, inside = '']) => [file, inside] as const,
      ),
    );
    expect(titles.length).toBeGreaterThan(200);
    expect(titles.filter(([, inside]) => !/^[A-Z]{2,3}-\d{2}(,? [A-Z]{2,3}-\d{2})*$|^\$\{[\w.]+\}$/.test(inside))).toEqual([]);
  });
});
