import type { City } from './city.ts';

/**
 * Texts as word files write them, a small part of ICU MessageFormat and one addition:
 *
 * - `{name}` is filled in;
 * - `{count, plural, one {# minute} other {# minutes}}` takes the form that the language has for the number
 *   (Intl.PluralRules), `#` being the number; a text may have several;
 * - `{when login.sms-code: or sign in with an SMS code}` stands only where the city has that, `{unless …: …}` only where
 *   it has not, so that no text names what people will not find. What stands behind the colon is taken as it is, spaces included. Names are those of the profile (city.ts).
 *
 * Forms and conditions may hold placeholders, and each other. A brace that begins none of these is a brace.
 */
export interface Wording {
  /** @throws Error where a placeholder has no value, or a plural no number: a page with a hole in it is an error */
  say(params: Params, scene: Scene): string;
  /** Names of what must be filled in, each once, sorted. */
  readonly placeholders: readonly string[];
  /** What it asks of the city. */
  readonly asks: readonly string[];
}

export type Params = Readonly<Record<string, string | number>>;

export interface Scene {
  /** BCP 47. */
  readonly locale: string;
  readonly city: Pick<City, 'has'>;
}

type Part =
  | string
  | { readonly fill: string }
  | { readonly plural: string; readonly forms: ReadonlyMap<string, readonly Part[]> }
  | { readonly offer: string; readonly wanted: boolean; readonly parts: readonly Part[] };

/** @throws Error for a text that cannot be read: at start, not when somebody first sees it */
export function readWording(text: string): Wording {
  const { parts } = partsFrom(text, 0);
  const named = { placeholders: new Set<string>(), asks: new Set<string>() };
  collect(parts, named);
  return {
    say: (params, scene) => sayAll(parts, params, scene),
    placeholders: [...named.placeholders].toSorted(),
    asks: [...named.asks].toSorted(),
  };
}

const placeholder = /\{(\w+)\}/y;
const plural = /\{(\w+), plural,\s*/y;
const formStart = /(zero|one|two|few|many|other) \{/y;
const condition = /\{(when|unless) ([\w.-]+):/y;

/** Within braces: the next one ends it, and `#` is the number that the forms are of. */
interface Within {
  readonly counted: string | undefined;
}

function partsFrom(text: string, start: number, within?: Within): { parts: Part[]; end: number } {
  const counted = within?.counted;
  const parts: Part[] = [];
  let plain = '';
  let at = start;
  const keep = (part: Part, next: number) => {
    if (plain !== '') parts.push(plain);
    plain = '';
    parts.push(part);
    at = next;
  };
  const end = within ? '}' : undefined;
  while (at < text.length && text[at] !== end) {
    const special = text[at] === '{' ? bracedAt(text, at, counted) : undefined;
    if (special) keep(special.part, special.end);
    else if (text[at] === '#' && counted !== undefined) keep({ fill: counted }, at + 1);
    else plain += text[at++];
  }
  if (plain !== '') parts.push(plain);
  return { parts, end: at };
}

function bracedAt(text: string, at: number, counted: string | undefined): { part: Part; end: number } | undefined {
  const [whole, name] = matchAt(placeholder, text, at);
  if (whole !== undefined && name !== undefined) return { part: { fill: name }, end: at + whole.length };
  const [asked, word, offer] = matchAt(condition, text, at);
  if (asked !== undefined && offer !== undefined) {
    const { parts, end } = partsFrom(text, at + asked.length, { counted });
    return { part: { offer, wanted: word === 'when', parts }, end: closed(text, end) };
  }
  const [begun, number] = matchAt(plural, text, at);
  return begun !== undefined && number !== undefined ? formsFrom(text, at + begun.length, number) : undefined;
}

function formsFrom(text: string, start: number, number: string): { part: Part; end: number } {
  const forms = new Map<string, readonly Part[]>();
  let at = start;
  for (let [begun, category] = matchAt(formStart, text, at); begun !== undefined; [begun, category] = matchAt(formStart, text, at)) {
    const { parts, end } = partsFrom(text, at + begun.length, { counted: number });
    forms.set(category ?? '', parts);
    at = closed(text, end);
    while (text[at] === ' ') at += 1;
  }
  if (!forms.has('other')) throw new Error(`no form “other” of {${number}} in “${text}”`);
  return { part: { plural: number, forms }, end: closed(text, at) };
}

function matchAt(pattern: RegExp, text: string, at: number): readonly (string | undefined)[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}

function closed(text: string, at: number): number {
  if (text[at] !== '}') throw new Error(`a brace is not closed in “${text}”`);
  return at + 1;
}

const rules = new Map<string, Intl.PluralRules>();

/** The category that a language has for a number: in English `one` and `other`, in Chinese `other` alone. */
function categoryOf(locale: string, count: number): string {
  const known = rules.get(locale) ?? new Intl.PluralRules(locale);
  rules.set(locale, known);
  return known.select(count);
}

function sayAll(parts: readonly Part[], params: Params, scene: Scene): string {
  return parts.map((part) => sayOne(part, params, scene)).join('');
}

function sayOne(part: Part, params: Params, scene: Scene): string {
  if (typeof part === 'string') return part;
  if ('fill' in part) return String(valueOf(part.fill, params));
  if ('offer' in part) return scene.city.has(part.offer) === part.wanted ? sayAll(part.parts, params, scene) : '';
  const count = Number(valueOf(part.plural, params));
  if (!Number.isFinite(count)) throw new Error(`{${part.plural}} is no number: ${valueOf(part.plural, params)}`);
  const found = part.forms.get(categoryOf(scene.locale, count)) ?? part.forms.get('other') ?? [];
  return sayAll(found, params, scene);
}

function valueOf(name: string, params: Params): string | number {
  const value = params[name];
  if (value === undefined) throw new Error(`nothing to fill in for {${name}}`);
  return value;
}

function collect(parts: readonly Part[], named: { placeholders: Set<string>; asks: Set<string> }): void {
  for (const part of parts) {
    if (typeof part === 'string') continue;
    if ('fill' in part) named.placeholders.add(part.fill);
    else if ('offer' in part) {
      named.asks.add(part.offer);
      collect(part.parts, named);
    } else {
      named.placeholders.add(part.plural);
      for (const form of part.forms.values()) collect(form, named);
    }
  }
}
