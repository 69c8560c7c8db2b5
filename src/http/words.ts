import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { cityOf, inPersonOf, type City, type CityProfile } from '../domain/city.ts';
import type { Brand, Profile } from '../domain/policy.ts';
import { readWording, type Params, type Wording } from '../domain/wording.ts';
import { locales, type Locale } from './page-model.ts';

/**
 * Texts of the pages, as src/domain/wording.ts reads them. They stand next to the page
 * (`interactions/login/sms-code/zh-CN.json`) and are read as `<folder with dots>.<key>`; missing keys are an error,
 * because a page with a hole in it is.
 */
export interface Words {
  /** Text of `key` in `locale` with its `{placeholders}` filled, as the city has it. */
  text(locale: Locale, key: string, params?: Params): string;
  has(key: string): boolean;
  keys(): readonly string[];
}

/** Text of a key in one language. */
export type Say = (key: string, params?: Params) => string;

/** Whose texts they are: what it offers, and what every text may name without being told. */
export interface Speaker {
  readonly city: Pick<City, 'has'>;
  readonly facts: Readonly<Record<Locale, Params>>;
  /** Texts of its own, in place of the files'. */
  readonly own: Profile['words'];
}

export function speakerOf(profile: CityProfile & { readonly brand: Brand; readonly words: Profile['words'] }): Speaker {
  const { platform, hotline, portal, accountCentre } = profile.brand;
  const settlingHours = Math.ceil(profile.presence.settlingSeconds / 3600);
  const inPerson = inPersonOf(profile);
  const facts = (locale: Locale): Params => ({
    platform: platform[locale],
    hotline,
    portal: portal.name[locale],
    centre: accountCentre[locale],
    settlingHours,
    inPerson: inPerson?.[locale] ?? '',
  });
  return { city: cityOf(profile), facts: { 'zh-CN': facts('zh-CN'), en: facts('en') }, own: profile.words };
}

/**
 * Reads every word file under `root`; called once at start.
 *
 * @throws Error for a text of the deployment's own that no page has
 */
export function loadWords(root: string, { city, facts, own }: Speaker): Words {
  const tables = new Map<Locale, Map<string, Wording>>(locales.map((locale) => [locale, new Map()]));
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const locale = locales.find((name) => basename(file) === `${name}.json`);
    if (!locale) continue;
    const prefix = namespace(root, file);
    const entries = JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, string>;
    for (const [key, text] of Object.entries(entries)) tables.get(locale)?.set(`${prefix}.${key}`, readWording(text));
  }
  for (const [locale, table] of tables) replace(table, { own, locale, known: Object.keys(facts[locale]) });
  return {
    text(locale, key, params) {
      const wording = tables.get(locale)?.get(key);
      if (wording === undefined) throw new Error(`no text for ${key} in ${locale}`);
      try {
        return wording.say({ ...facts[locale], ...params }, { locale, city });
      } catch (error) {
        throw new Error(`text ${key} in ${locale}`, { cause: error });
      }
    },
    has: (key) => tables.get('zh-CN')?.has(key) ?? false,
    keys: () => [...(tables.get('zh-CN')?.keys() ?? [])],
  };
}

interface Replacement {
  readonly own: Profile['words'];
  readonly locale: Locale;
  /** Placeholders that every text may have. */
  readonly known: readonly string[];
}

function replace(table: Map<string, Wording>, { own, locale, known }: Replacement): void {
  for (const [key, text] of Object.entries(own)) {
    const [wording, replaced] = [readWording(text[locale]), table.get(key)];
    if (!replaced) throw new Error(`the profile words ${key}, which no page says`);
    const unknown = wording.placeholders.filter((name) => !replaced.placeholders.includes(name) && !known.includes(name));
    if (unknown.length > 0) throw new Error(`the profile words ${key} with {${unknown.join('}, {')}}, which nobody fills in`);
    table.set(key, wording);
  }
}

/** `login/sms-code` → `login.sms-code`; refusals stand under layout but are called `refused.*`. */
function namespace(root: string, file: string): string {
  const folder = relative(root, dirname(join(root, file)))
    .split(sep)
    .join('.');
  return folder === 'layout.refused' ? 'refused' : folder;
}
