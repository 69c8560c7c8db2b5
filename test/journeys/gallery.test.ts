import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { examples } from '../../interactions/gallery.ts';
import { refusals } from '../../src/domain/refused.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { focusedField } from '../support/empty-forms.ts';
import { problemsOf } from '../support/form-problems.ts';
import { root, type Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';

const addressOf = ({ view, state }: { view: string; state: string }): string =>
  `/sandbox/gallery/${view}?state=${encodeURIComponent(state)}`;

/** Templates that are pages: the others are what pages stand in. */
const pages = readdirSync(join(root, 'interactions'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.pug') && !file.includes('/mixins/'))
  .map((file) => file.slice(0, -'.pug'.length))
  .filter((view) => !['layout/page', 'login/login'].includes(view));

/** Pages with their states: a test takes one, however many there are. */
const views = [...Map.groupBy(examples, ({ view }) => view)].map(([view, all]) => [view, all.map(({ state }) => state)] as const);

const variants = [
  { lang: 'zh-CN', channel: 'desktop' },
  { lang: 'zh-CN', channel: 'h5' },
  { lang: 'en', channel: 'desktop' },
  { lang: 'en', channel: 'h5' },
] as const;

describe.each(['demo', 'beijing'])('the gallery of %s', (profile) => {
  let product: Product;
  let person: Person;
  beforeAll(async () => {
    product = await sharedProduct(profile);
    person = newPerson(product);
  });

  it('[UXP-09] shows every page, in every state, and lists each once', async () => {
    const { $ } = await person.goes('/sandbox/gallery');
    const listed = $('.states li')
      .toArray()
      .map((item) => $(item).find('.variants a').first().attr('href') ?? '');
    expect(listed.toSorted()).toEqual(examples.map((example) => `${addressOf(example)}&lang=zh-CN`).toSorted());
    expect(new Set(listed).size).toBe(examples.length);
    expect(pages.length).toBeGreaterThan(15);
    expect([...new Set(examples.map(({ view }) => view))].toSorted()).toEqual(pages.toSorted());
  });

  /** What the states of a page say was refused; each says it as every page must. */
  const refusedAt = async (view: string, states: readonly string[]): Promise<readonly string[]> => {
    const shown: string[] = [];
    for (const state of states) {
      const page = await person.goes(addressOf({ view, state }));
      expect([state, page.status]).toEqual([state, 200]);
      if (page.error) shown.push(page.error.code);
      const wrong = problemsOf(page);
      const names = page
        .$('main [name]')
        .toArray()
        .map(({ attribs }) => attribs['name'] ?? '');
      expect([state, focusedField(page)]).toEqual([state, names.find((name) => name in wrong)]);
    }
    return shown;
  };
  const looked = new Map<string, Promise<readonly string[]>>();
  const refusalsOf = (view: string, states: readonly string[]): Promise<readonly string[]> => {
    const found = looked.get(view) ?? refusedAt(view, states);
    looked.set(view, found);
    return found;
  };

  it.each(views)('[UXP-09] says at %s what was refused as every page must, and looks at the field', refusalsOf);

  it('[UXP-09] shows every reason that a person may be refused for', async () => {
    const shown = new Set<string>();
    for (const [view, states] of views) for (const code of await refusalsOf(view, states)) shown.add(code);
    expect(Object.keys(refusals).filter((code) => !shown.has(code))).toEqual([]);
  });

  const assets = new Map<string, Promise<number>>();
  const weigh = (path: string): Promise<number> => {
    const size =
      assets.get(path) ??
      person
        .tab()
        .goes(path)
        .then(({ html }) => Buffer.byteLength(html));
    // A captcha is another one each time.
    if (!path.startsWith('/captcha/')) assets.set(path, size);
    return size;
  };

  it.each(variants.flatMap(({ lang, channel }) => views.map(([view, states]) => ({ lang, channel, view, states }))))(
    '[UXP-09] shows $view in $lang on $channel, whole and small',
    async ({ lang, channel, view, states }) => {
      const faults: string[] = [];
      for (const state of states) {
        const page = await person.goes(`${addressOf({ view, state })}&lang=${lang}&channel=${channel}`);
        const wrong = [...faultsOf(page, { lang, channel }), ...(await heavy(page, weigh))];
        faults.push(...wrong.map((fault) => `${state}: ${fault}`));
      }
      expect(faults).toEqual([]);
    },
  );

  it('answers a form by doing nothing', async () => {
    const page = await person.goes(addressOf({ view: 'login/password/view', state: 'empty' }));
    expect(page.$('form.form').attr('action')).toBe('#');
    expect(await person.submits({ identifier: 'x' })).toMatchObject({ status: 204 });
  });

  it('says when there is no such page or state', async () => {
    expect(await person.goes('/sandbox/gallery/login/password/view?state=nobody-knows')).toMatchObject({ status: 404 });
    expect(await person.goes('/sandbox/gallery/no/such?state=empty')).toMatchObject({ status: 404 });
  });
});

function faultsOf(page: Page, { lang, channel }: (typeof variants)[number]): string[] {
  const { $ } = page;
  const ids = $('[id]')
    .toArray()
    .map(({ attribs }) => attribs['id']);
  const named = $('label[for], [aria-describedby], [aria-labelledby]').toArray();
  const pointed = named.flatMap(({ attribs }) =>
    [attribs['for'], attribs['aria-describedby'], attribs['aria-labelledby']].flatMap((value) => value?.split(' ') ?? []),
  );
  const loaded = $('link[href], script[src], img[src]')
    .toArray()
    .map(({ attribs }) => attribs['href'] ?? attribs['src'] ?? '');
  const checks: Readonly<Record<string, boolean>> = {
    [`status ${page.status}`]: page.status === 200,
    [`lang ${$('html').attr('lang')}`]: $('html').attr('lang') === lang,
    [`channel ${$('html').attr('data-channel')}`]: $('html').attr('data-channel') === channel,
    [`title "${page.title}"`]: /^\S.* - \S/.test(page.title),
    [`${$('h1').length} h1`]: $('h1').length === 1,
    'an empty heading': $('h1, h2, h3')
      .toArray()
      .every((heading) => $(heading).text().trim() !== ''),
    'an empty link or button': $('a, button')
      .toArray()
      .every((act) => $(act).is('[hidden], [aria-hidden=true]') || $(act).text().trim() !== '' || $(act).is('[aria-label]')),
    'an id twice': new Set(ids).size === ids.length,
    'a label or description of nothing': pointed.every((id) => ids.includes(id)),
    [`a hole: ${hole(page)}`]: hole(page) === undefined,
    [`loads ${loaded.join(' ')}`]: loaded.every((address) => /^\/(?!\/)/.test(address)),
    'style or script in the page': $('style, [style], script:not([src])').length === 0,
    [`${$('link[rel=stylesheet]').length} style sheets`]: $('link[rel=stylesheet]').length === 1,
  };
  return Object.entries(checks).flatMap(([fault, fine]) => (fine ? [] : [fault]));
}

/** What a value that is not there leaves in a text. */
function hole({ text, $ }: Page): string | undefined {
  const said = [
    text,
    $('footer').text(),
    ...$('[alt], [aria-label]')
      .toArray()
      .map(({ attribs }) => attribs['alt'] ?? attribs['aria-label'] ?? ''),
  ];
  return said
    .map((some) => /.{0,20}(\bundefined\b|\bnull\b|\bNaN\b|\[object|\{\w+\}|“”|《》).{0,20}/.exec(some)?.[0])
    .find((found) => found !== undefined);
}

async function heavy({ $, html }: Page, weigh: (path: string) => Promise<number>): Promise<string[]> {
  const sheet = await weigh($('link[rel=stylesheet]').attr('href') ?? '');
  const others = $('link[rel=icon], script[src], img[src], [data-worker]').toArray();
  const sizes = await Promise.all(others.map(({ attribs }) => weigh(attribs['href'] ?? attribs['src'] ?? attribs['data-worker'] ?? '')));
  const total = sizes.reduce((sum, size) => sum + size, sheet + Buffer.byteLength(html));
  return [...(sheet >= 30_000 ? [`a style sheet of ${sheet} bytes`] : []), ...(total >= 100_000 ? [`${total} bytes in all`] : [])];
}
