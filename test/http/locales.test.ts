import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { refusals } from '../../src/domain/refused.ts';
import { readWording } from '../../src/domain/wording.ts';
import { cityOf } from '../../src/domain/city.ts';
import { loadWords, type Words } from '../../src/http/words.ts';
import { root } from '../support/product.ts';
import { profileNames, profileOf } from '../support/profiles.ts';

/** The words of the pages, and of the sandbox's own, which has a tree like theirs. */
const trees = ['interactions', 'sandbox/pages'];

const files = (folders: readonly string[], ending: RegExp): readonly string[] =>
  folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => ending.test(file));

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const entries = (file: string): Record<string, string> => JSON.parse(read(file));

const wordFolders = files(trees, /(^|\/)zh-CN\.json$/).map((file) => dirname(file));
/** Names that some city has, or will have; where a text asks for another one, nobody would ever read it. */
const offers = new Set(profileNames.flatMap((name) => cityOf(profileOf(name)).names));
/** Of nobody in particular. */
const speaker = { city: { has: () => true }, facts: { 'zh-CN': {}, en: {} }, own: {} };

describe.each(wordFolders)('%s', (folder) => {
  const chinese = entries(join(folder, 'zh-CN.json'));
  const english = entries(join(folder, 'en.json'));

  it('says the same things in both languages', () => {
    expect(Object.keys(english).sort()).toEqual(Object.keys(chinese).sort());
  });

  it('fills the same placeholders in both languages', () => {
    const ofEach = (words: Record<string, string>) =>
      Object.fromEntries(Object.entries(words).map(([key, text]) => [key, readWording(text).placeholders]));
    expect(ofEach(english)).toEqual(ofEach(chinese));
  });

  it('asks only for what a city may have, and for the same in both languages', () => {
    const asked = (words: Record<string, string>) => Object.entries(words).map(([key, text]) => [key, readWording(text).asks]);
    expect(
      asked(chinese)
        .flatMap(([, names]) => [names ?? []].flat())
        .filter((name) => !offers.has(name)),
    ).toEqual([]);
    expect(Object.fromEntries(asked(english))).toEqual(Object.fromEntries(asked(chinese)));
  });

  it('has the form of each number in English', () => {
    expect(Object.entries(english).filter(([, text]) => oneForm.test(text))).toEqual([]);
  });

  it('is punctuated in full width in Chinese', () => {
    expect(Object.entries(chinese).filter(([, text]) => halfWidth.test(text.replaceAll(/\{(?:when|unless) [\w.-]+:/g, '{')))).toEqual([]);
  });

  it('is punctuated in half width in English', () => {
    expect(Object.entries(english).filter(([, text]) => /[\u3000-\u303f\uff00-\uffef]/.test(text))).toEqual([]);
  });

  it('has no HTML and no empty text', () => {
    const texts = [...Object.entries(chinese), ...Object.entries(english)];
    expect(texts.filter(([, text]) => text.trim() === '' || /<\/|<(a|b|br|p|em|i|span|strong)\b/i.test(text))).toEqual([]);
  });
});

/** A number and what is counted, in one form for all numbers; “8 to 20 characters” are always several. */
const oneForm =
  /(?<!to )\{(?:count|limit|length|min|max|minutes|seconds|hours|days|perHour|perDay|cooldown|age)\} (?:[a-z]+ )?(?:people|[a-z]+s)\b/;

describe('the check of forms', () => {
  it.each(['in {minutes} minutes', '{count} bank cards', '{count} people'])('sees %s', (text) => expect(text).toMatch(oneForm));
  it.each(['{n, plural, one {# minute} other {# minutes}}', '{min} to {max} characters', 'call {hotline} to ask', '({seconds} s)'])(
    'lets %s pass',
    (text) => expect(text).not.toMatch(oneForm),
  );
});

/** ASCII punctuation next to a Chinese character. */
const halfWidth = /[\u4e00-\u9fff][,;:!?()"]|[,;:!?()"][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(?!\w)/;

describe('the check of punctuation', () => {
  it.each(['登录,注册', '您好!', '(个人)', '请稍候.', '"民信"'])('sees %s', (text) => expect(text).toMatch(halfWidth));
  it.each(['登录，注册', '24 小时内', '{name}，您好', 'https://example.cn/登录', '（选填）'])('lets %s pass', (text) =>
    expect(text).not.toMatch(halfWidth),
  );
});

describe('a text that a city words in its own way', () => {
  const tree = join(root, trees[0] ?? '');
  const own = (key: string, text: string) => loadWords(tree, { ...speaker, own: { [key]: { 'zh-CN': text, en: text } } });
  it('stands in place of that of the page, and fills the same holes', () => {
    expect(own('layout.back-to', '回到 {service}').text('en', 'layout.back-to', { service: 'X' })).toBe('回到 X');
  });
  it.each([
    ['no page says', 'layout.nowhere', 'X'],
    ['nobody fills in', 'layout.back-to', '{name}'],
  ])('stops the start when it words what %s', (reason, key, text) => {
    expect(() => own(key, text)).toThrow(reason);
  });
});

describe('every word is used, and every word that is used exists', () => {
  const sources = files(['src', ...trees, 'sandbox'], /\.(ts|pug)$/).map((file) => ({ file, text: read(file) }));
  const words = trees.map((tree) => loadWords(join(root, tree), speaker));
  const exists = (key: string): boolean => words.some((known) => known.has(key));
  const used = usage(sources.map(({ text }) => text));

  it.each(trees.map((tree, index): [string, Words | undefined] => [tree, words[index]]))(
    '%s has no word that no page and no code names',
    (_, known) => {
      expect(known?.keys().filter((key) => !used(key))).toEqual([]);
    },
  );

  it('no page asks for a word that is not there', () => {
    const asked = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\b(?:t|say)\(\s*'([\w.-]+)'/g), ...text.matchAll(/words\.text\([^,()]+,\s*'([\w.-]+)'/g)].map(([, key = '']) => ({
        file,
        key,
      })),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter(({ key }) => !exists(key))).toEqual([]);
  });

  it('every refusal has its text', () => {
    expect(Object.keys(refusals).filter((code) => !exists(`refused.${code}`))).toEqual([]);
  });
});

/** Keys stand in the code as texts, or as templates that begin with their namespace: `refused.${code}`. */
function usage(sources: readonly string[]): (key: string) => boolean {
  const literals = new Set<string>();
  const patterns = new Set<string>();
  for (const source of sources) {
    for (const [, literal = ''] of source.matchAll(/['"`]([a-z][\w-]*(?:\.[\w-]+)+)['"`]/g)) literals.add(literal);
    for (const [, template = ''] of source.matchAll(/`([a-z][\w-]*\.[^`\s]*\$\{[^`]*)`/g)) {
      patterns.add(
        template
          .split(/\$\{[^}]*\}/)
          .map((part) => part.replaceAll('.', '\\.'))
          .join('[\\w.-]+'),
      );
    }
  }
  const templates = [...patterns].map((pattern) => new RegExp(`^${pattern}$`));
  return (key) => literals.has(key) || templates.some((template) => template.test(key));
}
