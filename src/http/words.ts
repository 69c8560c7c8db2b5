import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { locales, type Locale } from './page-model.ts';

/**
 * Texts of the pages. They stand next to the page (`interactions/login/sms-code/zh-CN.json`) and are
 * read as `<folder with dots>.<key>`; missing keys are an error, because a page with a hole in it is.
 */
export interface Words {
  /** Text of `key` in `locale` with its `{placeholders}` filled. */
  text(locale: Locale, key: string, params?: Readonly<Record<string, string | number>>): string;
  has(key: string): boolean;
  keys(): readonly string[];
}

/** Text of a key in one language. */
export type Say = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/** Reads every word file under `root`; called once at start. */
export function loadWords(root: string): Words {
  const tables = new Map<Locale, Map<string, string>>(locales.map((locale) => [locale, new Map()]));
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const locale = locales.find((name) => basename(file) === `${name}.json`);
    if (!locale) continue;
    const prefix = namespace(root, file);
    const entries = JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, string>;
    for (const [key, text] of Object.entries(entries)) tables.get(locale)?.set(`${prefix}.${key}`, text);
  }
  return {
    text(locale, key, params = {}) {
      const text = tables.get(locale)?.get(key);
      if (text === undefined) throw new Error(`no text for ${key} in ${locale}`);
      return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        const value = params[name];
        if (value === undefined) throw new Error(`text ${key} needs {${name}}`);
        return String(value);
      });
    },
    has: (key) => tables.get('zh-CN')?.has(key) ?? false,
    keys: () => [...(tables.get('zh-CN')?.keys() ?? [])],
  };
}

/** `login/sms-code` → `login.sms-code`; refusals stand under layout but are called `refused.*`. */
function namespace(root: string, file: string): string {
  const folder = relative(root, dirname(join(root, file)))
    .split(sep)
    .join('.');
  return folder === 'layout.refused' ? 'refused' : folder;
}
