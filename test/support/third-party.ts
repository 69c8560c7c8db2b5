import type { Page, Person } from './browser.ts';
import { fetchAlone } from './connection.ts';

/** What people do at the simulated third party. */

/** From our page to theirs, and what somebody answers there: the address that leads back. */
export async function decides(person: Person, decision: 'allow' | 'refuse', as: string): Promise<URL> {
  const page = await (await fetchAlone(person.page.url)).text();
  const request = /name="request" value="([^"]+)"/.exec(page)?.[1];
  if (request === undefined) throw new Error(`no page of a third party at ${person.page.url.href}`);
  const body = new URLSearchParams({ request, person: as, decision });
  const answer = await fetchAlone(new URL('/decide', person.page.url), { method: 'POST', body, redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

/** From a sign-in page by way of the national platform, as one of the scripted people. */
export async function comesBack(person: Person, as: string, decision: 'allow' | 'refuse' = 'allow'): Promise<Page> {
  await person.submits({}, { button: '#upstream-national-platform' });
  return person.arrives(await decides(person, decision, as));
}
