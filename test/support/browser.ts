import { CookieJar } from 'tough-cookie';
import { requestAlone } from './connection.ts';
import { captchaOf, fillForm, linkTo, outsidePage, readPage, type Page } from './page.ts';
import type { Product } from './product.ts';
import { nextCode, sandboxOf, type Sandbox } from './sandbox.ts';

export type { Page } from './page.ts';

export interface PersonOptions {
  readonly locale?: 'zh-CN' | 'en';
  /** A phone asks for the H5 variant of pages. */
  readonly channel?: 'desktop' | 'h5';
  /** Headers of every request, over those of the browser. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One exchange on the way to a page. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  readonly headers: Page['headers'];
}

/**
 * A person with a browser that runs no scripts: cookies, links, forms and redirects over plain HTTP. Redirects are
 * followed within the product; whatever leads outside, or to an address of `stops`, is where the person stands then.
 */
export interface Person {
  /** Where the person is. */
  readonly page: Page;
  readonly sandbox: Sandbox;
  readonly jar: CookieJar;
  /** What the last act asked for, redirects included. */
  readonly trail: readonly Hop[];
  /** Addresses (without query) that are relying parties although they are within the product. */
  readonly stops: Set<string>;
  /** Types an address of ours. */
  goes(path: string | URL): Promise<Page>;
  /** Comes from another site, by a link or (with `fields`) by a form of that site. */
  arrives(address: string | URL, fields?: Readonly<Record<string, string>>): Promise<Page>;
  /** Follows the link. */
  opens(selector: string): Promise<Page>;
  /**
   * Fills a form and presses its button: by default the one that carries the page on (`#login-submit`, `#next` …).
   * A captcha is solved unless `captcha` is among the fields.
   */
  submits(fields?: Readonly<Record<string, string>>, options?: { readonly button?: string }): Promise<Page>;
  /** Presses `#send-code`. */
  asksForCode(fields?: Readonly<Record<string, string>>): Promise<Page>;
  /** The code that came since `asksForCode`. */
  readsCode(mobile: string): Promise<string>;
  /** Sends what no form of ours would, from a page of ours (`site: 'same-origin'`) or another. */
  posts(path: string | URL, body: Readonly<Record<string, string>> | string, headers?: Readonly<Record<string, string>>): Promise<Page>;
  /** A second tab of the same browser. */
  tab(): Person;
  /** From now on, talks to this process of the installation. */
  reaches(product: Product): void;
}

/** Like a browser's context of a request: who caused it. */
type Initiator = 'typed' | 'own-page' | 'other-site';

interface Demand {
  readonly method: 'GET' | 'POST';
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly by: Initiator;
}

const desktop = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const phone = 'Mozilla/5.0 (Linux; Android 14; HarmonyOS) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36';

export function newPerson(product: Product, options: PersonOptions = {}): Person {
  return personWith(product, options, new CookieJar(undefined, { allowSpecialUseDomain: true, prefixSecurity: 'strict' }), new Set());
}

function personWith(product: Product, options: PersonOptions, jar: CookieJar, stops: Set<string>): Person {
  const sandbox = sandboxOf(product);
  const origin = new URL(product.issuer).origin;
  /** The newest message to each mobile this person has typed, when a code was last asked for. */
  const known = new Map<string, string | undefined>();
  let address = product.address;
  let page = outsidePage(new URL('about:blank'));
  let trail: Hop[] = [];

  const exchange = async (url: URL, { method, body, headers, by }: Demand) => {
    // A cross-site POST carries no SameSite cookie; a cross-site link carries the Lax ones.
    const sameSiteContext = by !== 'other-site' ? 'strict' : method === 'GET' ? 'lax' : 'none';
    const answer = await requestAlone(new URL(url.pathname + url.search, address), {
      method,
      body: body ?? null,
      headers: {
        ...browserHeaders(options, origin, method, by),
        ...given('Cookie', await jar.getCookieString(url.href, { sameSiteContext })),
        ...options.headers,
        ...headers,
        Host: url.host,
      },
    });
    for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) await jar.setCookie(cookie, url.href);
    trail.push({ method, url, status: answer.statusCode, headers: answer.headers });
    return { url, status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  };

  const visit = async (first: URL, demand: Demand): Promise<Page> => {
    trail = [];
    let url = first;
    let next = demand;
    for (let hops = 0; hops < 20; hops += 1) {
      if (url.origin !== origin || stops.has(url.origin + url.pathname)) {
        return (page = outsidePage(url, next.method === 'POST' ? Object.fromEntries(new URLSearchParams(next.body)) : undefined));
      }
      const received = await exchange(url, next);
      const location = received.headers['location'];
      if (received.status < 300 || received.status > 399 || typeof location !== 'string') return (page = readPage(received));
      // A fragment survives a redirect that has none of its own.
      url = new URL(location, url);
      if (received.status < 307) next = { method: 'GET', by: next.by };
    }
    throw new Error(`redirected without end: ${trail.map((hop) => hop.url.pathname).join(' → ')}`);
  };

  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const submits: Person['submits'] = async (fields = {}, { button } = {}) => {
    const captcha = captchaOf(page, button);
    const solved = captcha !== undefined && fields['captcha'] === undefined ? { captcha: await sandbox.captchaAnswer(captcha) } : {};
    const filled = fillForm(page, { ...solved, ...fields }, button);
    const body = new URLSearchParams(filled.fields);
    if (filled.method === 'POST') return visit(filled.action, { method: 'POST', body: body.toString(), headers: form, by: 'own-page' });
    filled.action.search = body.toString();
    return visit(filled.action, { method: 'GET', by: 'own-page' });
  };

  return {
    sandbox,
    jar,
    stops,
    get page() {
      return page;
    },
    get trail() {
      return trail;
    },
    goes: (path) => visit(new URL(path, origin), { method: 'GET', by: 'typed' }),
    arrives(target, fields) {
      const body = fields && new URLSearchParams(fields).toString();
      return visit(new URL(target, origin), {
        method: body === undefined ? 'GET' : 'POST',
        body,
        headers: fields && form,
        by: 'other-site',
      });
    },
    opens: async (selector) => visit(linkTo(page, selector), { method: 'GET', by: 'own-page' }),
    submits,
    async asksForCode(fields = {}) {
      const typed = fields['mobile'] ?? page.$('[name=mobile]').attr('value');
      for (const to of new Set([...known.keys(), ...(typed ? [typed] : [])]))
        known.set(to, (await sandbox.messagesTo(to)).find(({ code }) => code !== undefined)?.id);
      return submits(fields, { button: '#send-code' });
    },
    async readsCode(mobile) {
      const { id, code } = await nextCode(sandbox, mobile, known.get(mobile));
      known.set(mobile, id);
      return code;
    },
    posts: (path, body, headers) =>
      visit(new URL(path, origin), {
        method: 'POST',
        body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
        headers: { ...form, ...headers },
        by: 'own-page',
      }),
    tab: () => personWith({ ...product, address }, options, jar, stops),
    reaches(other) {
      address = other.address;
    },
  };
}

function browserHeaders(
  { locale = 'zh-CN', channel }: PersonOptions,
  origin: string,
  method: string,
  by: Initiator,
): Record<string, string> {
  const site = { typed: 'none', 'own-page': 'same-origin', 'other-site': 'cross-site' }[by];
  return {
    'User-Agent': channel === 'h5' ? phone : desktop,
    'Sec-CH-UA-Mobile': channel === 'h5' ? '?1' : '?0',
    Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language': locale === 'en' ? 'en' : 'zh-CN,zh;q=0.9',
    'Sec-Fetch-Site': site,
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
    ...(method === 'POST' ? { Origin: by === 'own-page' ? origin : 'https://elsewhere.example' } : {}),
  };
}

function given(name: string, value: string): Record<string, string> {
  return value === '' ? {} : { [name]: value };
}
