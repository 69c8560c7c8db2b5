import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWording, type Params } from '../../src/domain/wording.ts';
import { speakerOf } from '../../src/http/words.ts';
import { root } from './product.ts';
import { profileOf } from './profiles.ts';

type Locale = 'zh-CN' | 'en';

/**
 * The text of a word key, as pages of the demonstration city say it: tests name the key, so that they say which reason
 * is meant and a better wording breaks none of them. What is not given stays a `{hole}` for the test to fill.
 *
 * @param folder - under interactions/: `register`, `step-up/real-name` …
 */
export function word(folder: string, key: string, params?: Params, locale?: Locale): string {
  return wordsOf('demo', locale)(folder, key, params);
}

/** The text of a refusal: `refusal('mobile.invalid.length')`. */
export function refusal(key: string, params?: Params, locale?: Locale): string {
  return word('layout/refused', key, params, locale);
}

/** As pages of another city say it: texts name only what a city offers. */
export function wordsOf(profile: string, locale: Locale = 'zh-CN') {
  const { city, facts, own } = speakerOf(profileOf(profile));
  return (folder: string, key: string, params: Params = {}): string => {
    const words: Record<string, string> = JSON.parse(readFileSync(join(root, 'interactions', folder, `${locale}.json`), 'utf8'));
    const text = own[`${namespace(folder)}.${key}`]?.[locale] ?? words[key];
    if (text === undefined) throw new Error(`interactions/${folder}/${locale}.json has no ${key}`);
    const wording = readWording(text);
    const holes = Object.fromEntries(wording.placeholders.map((name) => [name, `{${name}}`]));
    return wording.say({ ...holes, ...facts[locale], ...params }, { locale, city });
  };
}

const namespace = (folder: string): string => (folder === 'layout/refused' ? 'refused' : folder.replaceAll('/', '.'));
