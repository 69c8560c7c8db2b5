import * as cheerio from 'cheerio';

/** What came back to a person: a page of ours, or the place where we stopped following. */
export interface Page {
  readonly url: URL;
  /** 0 where a person was sent outside: nobody asked that address for anything. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly html: string;
  /** For selectors: `page.$('#next').attr('href')`. */
  readonly $: cheerio.CheerioAPI;
  readonly title: string;
  /** All a person can read in `main`, or in the whole page where there is no `main`; spaces collapsed. */
  readonly text: string;
  /** What the page says went wrong. */
  readonly error: PageError | undefined;
  /** `data-outcome` of the last page of a wizard. */
  readonly outcome: string | undefined;
  /** Whether the page has it. */
  has(selector: string): boolean;
  /** The text of the one element; throws when there is none. */
  says(selector: string): string;
  /** The answer as JSON. */
  json(): unknown;
  /** Fields of a form that was posted outside (`response_mode=form_post`). */
  readonly posted: Readonly<Record<string, string>> | undefined;
}

export interface PageError {
  /** `data-error`. */
  readonly code: string;
  /** Name of the field it points to. */
  readonly field: string | undefined;
  readonly text: string;
}

/** A form as a browser would send it. */
export interface FilledForm {
  readonly action: URL;
  readonly method: 'GET' | 'POST';
  readonly fields: [name: string, value: string][];
}

export interface Received {
  readonly url: URL;
  readonly status: number;
  readonly headers: Page['headers'];
  readonly body: string;
}

export function readPage({ url, status, headers, body }: Received): Page {
  const $ = cheerio.load(body);
  return {
    url,
    status,
    headers,
    html: body,
    $,
    title: collapse($('title').text()),
    get text() {
      return visibleText($);
    },
    get error() {
      return readError($);
    },
    outcome: $('[data-outcome]').attr('data-outcome'),
    has: (selector) => $(selector).length > 0,
    says(selector) {
      if ($(selector).length === 0) throw missing(this, selector);
      return collapse($(selector).first().text());
    },
    json: () => JSON.parse(body),
    posted: undefined,
  };
}

/** Where a person was sent that is not ours. */
export function outsidePage(url: URL, posted?: Page['posted']): Page {
  return { ...readPage({ url, status: 0, headers: {}, body: '' }), posted };
}

/** The address of a link. */
export function linkTo(page: Page, selector: string): URL {
  const href = page.$(selector).closest('a').attr('href');
  if (href === undefined) throw missing(page, selector);
  return new URL(href, page.url);
}

/** The buttons that carry a page on. */
const mainButtons = '#login-submit, #next, #continue, #logout-yes, #consent-allow';

/**
 * Fills the form of a button: what the page holds, hidden fields included, with `values` over it.
 * Values for fields that the page does not have, or for choices it does not offer, are a mistake of page or test.
 */
export function fillForm(page: Page, values: Readonly<Record<string, string>>, selector = mainButtons): FilledForm {
  const { $ } = page;
  const button = $(selector).filter('button, input[type=submit]').first();
  if (button.length === 0) throw missing(page, selector);
  const owner = button.attr('form');
  const form = owner === undefined ? button.closest('form') : $(`form[id="${owner}"]`);
  if (form.length === 0) throw new Error(`${selector} belongs to no form`);

  const fields: [string, string][] = [];
  const open = new Map(Object.entries(values));
  for (const element of [...form.find('input, select, textarea').toArray(), ...outlying($, form.attr('id'))]) {
    const control = $(element);
    const name = control.attr('name');
    if (name === undefined || control.attr('disabled') !== undefined || isButton(control)) continue;
    const value = valueOf($, control, values[name]);
    open.delete(name);
    if (value !== undefined) fields.push([name, value]);
  }
  if (open.size > 0)
    throw new Error(
      `the page has no field ${[...open.keys()].join(', ')}; it has ${[...new Set(fields.map(([name]) => name))].join(', ')}`,
    );
  const chosen = new Set(fields.map(([name]) => name));
  for (const name of Object.keys(values))
    if (values[name] && !chosen.has(name)) throw new Error(`the page does not offer ${name}=${values[name]}`);

  const pressed = button.attr('name');
  if (pressed !== undefined) fields.push([pressed, button.attr('value') ?? '']);
  return {
    action: new URL(button.attr('formaction') ?? form.attr('action') ?? '', page.url),
    method: (button.attr('formmethod') ?? form.attr('method') ?? 'get').toLowerCase() === 'post' ? 'POST' : 'GET',
    fields,
  };
}

/** Id of the captcha that the form of this button asks for. */
export function captchaOf(page: Page, selector = mainButtons): string | undefined {
  const button = page.$(selector).first();
  const owner = button.attr('form');
  const form = owner === undefined ? button.closest('form') : page.$(`form[id="${owner}"]`);
  return form.find('[data-captcha-id]').attr('data-captcha-id');
}

type Control = ReturnType<cheerio.CheerioAPI>;

/** Controls that belong to a form from elsewhere in the page. */
function outlying($: cheerio.CheerioAPI, id: string | undefined) {
  return id === undefined ? [] : $(`[form="${id}"]`).filter('input, select, textarea').toArray();
}

function isButton(control: Control): boolean {
  return ['submit', 'button', 'image', 'reset', 'file'].includes(control.attr('type') ?? '');
}

/** What the control sends; undefined: nothing. */
function valueOf($: cheerio.CheerioAPI, control: Control, wanted: string | undefined): string | undefined {
  const type = control.attr('type');
  if (type === 'checkbox' || type === 'radio') {
    const own = control.attr('value') ?? 'on';
    const checked = wanted === undefined ? control.attr('checked') !== undefined : wanted === own;
    return checked ? own : undefined;
  }
  if (control.is('select')) {
    const options = control.find('option').toArray();
    const selected = options.find((option) => $(option).attr('selected') !== undefined) ?? options[0];
    if (wanted === undefined) return selected && optionValue($(selected));
    return options.map((option) => optionValue($(option))).find((value) => value === wanted);
  }
  if (wanted !== undefined) return wanted;
  return control.is('textarea') ? control.text() : (control.attr('value') ?? '');
}

function optionValue(option: Control): string {
  return option.attr('value') ?? option.text();
}

function readError($: cheerio.CheerioAPI): PageError | undefined {
  const alert = $('[data-error]').first();
  const code = alert.attr('data-error');
  if (code === undefined) return undefined;
  const target = alert.find('a[href^="#"]').first().attr('href');
  return { code, field: target === undefined ? undefined : fieldAt($, target), text: collapse(alert.text()) };
}

/** A link of the alert leads to an input or to a group of them. */
function fieldAt($: cheerio.CheerioAPI, target: string): string {
  const element = $(`[id="${target.slice(1)}"]`);
  const name = element.attr('name') ?? element.find('[name]').first().attr('name');
  if (name === undefined) throw new Error(`the alert leads to ${target}, and there is no field`);
  return name;
}

function visibleText($: cheerio.CheerioAPI): string {
  const main = $('main').length > 0 ? $('main').first() : $('body');
  const copy = main.clone();
  copy.find('script, style, noscript, template, [hidden]').remove();
  copy.find('*').after(' ');
  return collapse(copy.text());
}

function collapse(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function missing(page: Page, selector: string): Error {
  return new Error(
    `no ${selector} at ${page.url.pathname} (${page.status}): ${page.title}${page.error ? `, ${page.error.code}` : ''}\n${visibleText(page.$).slice(0, 500)}`,
  );
}
