/**
 * The browser of the phone: cookies, redirects and one form. It signs in as people do, because there is no other way.
 */
export interface PhoneBrowserDeps {
  readonly issuer: string;
  /** Calls the issuer on this machine, whatever name it has outside. */
  readonly reach: (url: string, options: RequestInit) => Promise<Response>;
  /** Reads the picture. */
  readonly captchaAnswer: (id: string) => Promise<string | undefined>;
}

/** Where the browser ended, with the page if there is one. */
interface Stop {
  readonly url: URL;
  readonly html: string;
}

/** No session came of it; `code` is what the page says. */
export class NotSignedIn extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`the sign-in ended with ${code}`);
    this.name = 'NotSignedIn';
    this.code = code;
  }
}

const maxHops = 10;
const userAgent =
  'Mozilla/5.0 (Linux; Android 14; SandboxPhone) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36';

/**
 * Signs in with a password, from an authorization request to the address that it answers to.
 *
 * @throws NotSignedIn
 */
export async function signsIn(
  deps: PhoneBrowserDeps,
  request: URL,
  { identifier, password }: { readonly identifier: string; readonly password: string },
): Promise<URL> {
  const goes = createBrowser(deps);
  let stop = await goes(request);
  const interaction = /^\/interaction\/[^/]+/.exec(stop.url.pathname)?.[0];
  if (interaction !== undefined) stop = await goes(new URL(`${interaction}/login/password`, deps.issuer));
  // Once more where the page asks for a captcha after all.
  for (let tries = 0; tries < 2 && isOurs(deps, stop.url); tries += 1) {
    const form = formWith(stop.html, 'identifier');
    if (!form) break;
    const captcha = await deps.captchaAnswer(/data-captcha-id="([^"]+)"/.exec(stop.html)?.[1] ?? '');
    const fields = { ...form, identifier, password, ...(captcha !== undefined && { captcha }) };
    stop = await goes(stop.url, new URLSearchParams(fields));
  }
  if (!isOurs(deps, stop.url)) return stop.url;
  throw new NotSignedIn(/data-error="([^"]+)"/.exec(stop.html)?.[1] ?? 'sign-in.unfinished');
}

const isOurs = ({ issuer }: PhoneBrowserDeps, { origin }: URL): boolean => origin === new URL(issuer).origin;

function createBrowser(deps: PhoneBrowserDeps): (url: URL, form?: URLSearchParams) => Promise<Stop> {
  const { origin, host } = new URL(deps.issuer);
  const cookies = new Map<string, string>();
  return async (first, form) => {
    let url = first;
    let body = form;
    for (let hops = 0; hops < maxHops && isOurs(deps, url); hops += 1) {
      const answer = await deps.reach(url.href, {
        method: body ? 'POST' : 'GET',
        redirect: 'manual',
        headers: {
          Accept: 'text/html',
          'Accept-Language': 'zh-CN',
          'User-Agent': userAgent,
          'X-Forwarded-Host': host,
          Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(body && { Origin: origin, 'Sec-Fetch-Site': 'same-origin' }),
        },
        ...(body && { body }),
      });
      keep(cookies, answer.headers.getSetCookie());
      const location = answer.headers.get('location');
      if (answer.status < 300 || answer.status > 399 || location === null) return { url, html: await answer.text() };
      await answer.body?.cancel();
      url = new URL(location, url);
      body = undefined;
    }
    return { url, html: '' };
  };
}

/** There is one sign-in in this browser, so that paths and ages of cookies make no difference. */
function keep(cookies: Map<string, string>, lines: readonly string[]): void {
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  }
}

/** Hidden fields of the form that has a field of this name. */
function formWith(html: string, field: string): Record<string, string> | undefined {
  const form = (html.match(/<form[\s\S]*?<\/form>/g) ?? []).find((each) => each.includes(`name="${field}"`));
  const inputs = form?.match(/<input[^>]*type="hidden"[^>]*>/g);
  return inputs ? Object.fromEntries(inputs.map((input) => [attribute(input, 'name'), attribute(input, 'value')])) : undefined;
}

function attribute(tag: string, name: string): string {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  return value.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
