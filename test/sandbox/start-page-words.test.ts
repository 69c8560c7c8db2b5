import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../support/product.ts';

const read = (path: string): Readonly<Record<string, string>> => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Texts of the product's pages and of the sandbox's, in one language. */
function shown(locale: string): ReadonlySet<string> {
  const files = globSync([`interactions/**/${locale}.json`, `sandbox/pages/**/${locale}.json`], { cwd: root });
  return new Set(files.flatMap((file) => Object.values(read(file))));
}

describe.each(['zh-CN', 'en'])('the steps of the start page in %s', (locale) => {
  const words = read(`sandbox/pages/start/${locale}.json`);
  const steps = Object.entries(words).filter(([key]) => key.startsWith('step.'));
  const quoted = steps.flatMap(([, text]) => [...text.matchAll(/“([^”{]+)”/g)].map(([, label = '']) => label));

  it('name buttons and places as their pages do', () => {
    const texts = shown(locale);
    expect(quoted.length).toBeGreaterThan(5);
    expect(quoted.filter((label) => !texts.has(label))).toEqual([]);
  });
});
