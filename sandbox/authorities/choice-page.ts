import { readFileSync } from 'node:fs';
import type { ScriptedPerson } from '../people.ts';
import type { SimulatorAnswer } from './simulator.ts';

/** The page of a simulated third party: who is to be played, and whether they agree. */

type Locale = 'zh-CN' | 'en';
type Words = Readonly<Record<'title' | 'why' | 'person' | 'allow' | 'refuse' | 'wrong', string>>;

const words: Readonly<Record<Locale, Words>> = JSON.parse(readFileSync(new URL('choice-page.json', import.meta.url), 'utf8'));

export function choicePage(page: {
  readonly locale: Locale;
  readonly request: string;
  readonly people: readonly ScriptedPerson[];
}): SimulatorAnswer {
  const say = words[page.locale];
  const options = page.people.map(
    ({ id, name, plays }) => `<option value="${safe(id)}">${safe(name)} – ${safe(plays[page.locale])}</option>`,
  );
  return html(
    200,
    page.locale,
    `<p>${safe(say.why)}</p>
<form method="post" action="/decide">
<input type="hidden" name="request" value="${safe(page.request)}">
<p><label for="simulator-person">${safe(say.person)}</label>
<select id="simulator-person" name="person">${options.join('')}</select></p>
<p><button id="simulator-allow" name="decision" value="allow">${safe(say.allow)}</button>
<button id="simulator-refuse" name="decision" value="refuse">${safe(say.refuse)}</button></p>
</form>`,
  );
}

export function messagePage(status: number, locale: Locale, what: string): SimulatorAnswer {
  return html(status, locale, `<p role="alert">${safe(words[locale].wrong)} ${safe(what)}</p>`);
}

function html(status: number, locale: Locale, main: string): SimulatorAnswer {
  const { title } = words[locale];
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    },
    body: `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${safe(title)}</title>
<style>body{font:16px/1.6 system-ui,sans-serif;margin:0 auto;max-width:36rem;padding:2rem 1rem;color:#1d2129}
select,button{font:inherit;padding:.5rem .75rem;max-width:100%}label{display:block}button{margin-right:.75rem}</style></head>
<body><main><h1>${safe(title)}</h1>
${main}
</main></body></html>`,
  };
}

function safe(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
