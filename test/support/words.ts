import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './product.ts';

type Locale = 'zh-CN' | 'en';

/**
 * The text of a word key, as pages say it: tests name the key, so that they say which reason is meant and a better
 * wording breaks none of them.
 *
 * @param folder - under interactions/: `register`, `step-up/real-name` …
 */
export function word(
  folder: string,
  key: string,
  params: Readonly<Record<string, string | number>> = {},
  locale: Locale = 'zh-CN',
): string {
  const words: Record<string, string> = JSON.parse(readFileSync(join(root, 'interactions', folder, `${locale}.json`), 'utf8'));
  const text = words[key];
  if (text === undefined) throw new Error(`interactions/${folder}/${locale}.json has no ${key}`);
  return text.replaceAll(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole));
}

/** The text of a refusal: `refusal('mobile.invalid.length')`. */
export function refusal(key: string, params?: Readonly<Record<string, string | number>>, locale?: Locale): string {
  return word('layout/refused', key, params, locale);
}
