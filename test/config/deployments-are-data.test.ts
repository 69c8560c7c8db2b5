import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** Not configuration but what people choose as passwords. */
const wordLists = ['src/domain/authenticator/common-passwords.json'];

/** 北京时间 is the time of the whole country. */
const cities = /beijing|hubei|guangzhou|北京(?!时间)|湖北|广州/i;

function codeFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => /\.(ts|js|json|pug|css)$/.test(file) && !wordLists.includes(file));
}

/** Comments may name the manual that a rule comes from. */
function withoutComments(file: string): string {
  const text = readFileSync(file, 'utf8');
  return /\.(ts|js|css)$/.test(file) ? text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '') : text;
}

describe('a deployment is data', () => {
  it.each(['src', 'interactions', 'adapters'])('no code under %s names a city', (folder) => {
    const files = codeFiles(folder);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => cities.test(withoutComments(file)))).toEqual([]);
  });
});
