import type { Page, Person } from './browser.ts';
import type { Citizen } from './citizen.ts';
import { fetchAlone } from './connection.ts';
import type { Product } from './product.ts';
import { relyingParty, type RelyingParty, type RequestParameters, type Tokens } from './relying-party.ts';

/** The city's own app in somebody's hand, as docs/app.md says that one is made. */
export interface App {
  readonly tokens: Tokens;
  look(ticket: string): Promise<Answer>;
  scan(ticket: string): Promise<Answer>;
  confirm(ticket: string, number: number): Promise<Answer>;
  deny(ticket: string): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Signs somebody in to the app. */
export async function appOf(
  product: Product,
  { username, password }: Pick<Citizen, 'username' | 'password'>,
  parameters: RequestParameters = {},
): Promise<App> {
  const service = await relyingParty(product, 'citizen-app');
  const person = await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent', ...parameters }, { channel: 'h5' });
  await person.submits({ identifier: username, password });
  return appWith(product, await service.redeems(person));
}

export function appWith(product: Product, tokens: Tokens): App {
  const ask = (path: string, body?: object) => asks(product, path, { token: tokens.access_token, ...(body && { body }) });
  return {
    tokens,
    look: (ticket) => ask(`/app/handovers/${ticket}`),
    scan: (ticket) => ask(`/app/handovers/${ticket}/scan`, {}),
    confirm: (ticket, number) => ask(`/app/handovers/${ticket}/confirm`, { number }),
    deny: (ticket) => ask(`/app/handovers/${ticket}/deny`, {}),
  };
}

export interface Call {
  readonly token?: string;
  readonly method?: string;
  /** An object is sent as JSON. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function asks({ address }: Product, path: string, { token, body, headers, method }: Call = {}): Promise<Answer> {
  const answer = await fetchAlone(`${address}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(typeof body === 'object' && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
}

/** Somebody at a computer who was sent to sign in, at the code. */
export async function showsCode(service: RelyingParty, parameters: RequestParameters = {}): Promise<Person> {
  const person = await service.sendsToUs(parameters);
  await person.opens('#tab-qr-code');
  return person;
}

/** What the code on a page holds, and the number beside it. */
export function codeOn({ $ }: Page): { readonly url: string; readonly ticket: string; readonly number: number } {
  const url = $('#handover-code').attr('data-url') ?? '';
  return { url, ticket: url.split('/h/')[1] ?? '', number: Number($('#handover-number').text()) };
}
