import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readWording, type Params, type Wording } from '../src/domain/wording.ts';
import type { City } from '../src/domain/city.ts';
import { locales, type Locale } from './context.ts';

/** A text of the pages with its `{placeholders}` filled. */
export type Say = (key: string, params?: Params) => string;

/** Texts of the sandbox's own pages; they stand next to the page and are called `<folder>.<key>`. */
export interface Words {
  /** Throws for a missing key or placeholder: a page with a hole in it is an error. */
  in(locale: Locale): Say;
  has(key: string): boolean;
}

/** Reads every word file under `root` once. */
export function loadWords(root: URL, city: Pick<City, 'has'>): Words {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const tables = new Map(locales.map((locale) => [locale, tableOf(root, files, locale)]));
  return {
    in:
      (locale) =>
      (key, params = {}) => {
        const wording = tables.get(locale)?.get(key);
        if (wording === undefined) throw new Error(`no text for ${key} in ${locale}`);
        return wording.say(params, { locale, city });
      },
    has: (key) => tables.get('zh-CN')?.has(key) ?? false,
  };
}

function tableOf(root: URL, files: readonly string[], locale: Locale): ReadonlyMap<string, Wording> {
  const own = files.filter((file) => basename(file) === `${locale}.json`);
  return new Map(
    own.flatMap((file) => {
      const entries: Readonly<Record<string, string>> = JSON.parse(readFileSync(new URL(file, root), 'utf8'));
      return Object.entries(entries).map(([key, text]): [string, Wording] => [`${dirname(file)}.${key}`, readWording(text)]);
    }),
  );
}
