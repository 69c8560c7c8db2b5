import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { provesMobile, sendsCode, startsChange } from '../support/account-changes.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { root, type Product } from '../support/product.ts';
import { relyingParty, type Refusal, type RelyingParty, type RequestParameters, type Tokens } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { expectAnswer, expectFormPost, expectIdToken, expectTokenAnswer, type ResponseMode } from './conditions.ts';

/**
 * The part of the OpenID conformance suite: a client that says every request itself, and a person at its browser.
 * The conditions that the suite asserts in every module are asserted on every pass here as well.
 */
export interface Suite {
  readonly product: Product;
  readonly mode: ResponseMode;
  readonly citizen: Citizen;
  /** E-mail and contact address, which the citizen adds to the account when a module first wants them. */
  contacts(): Promise<Contacts>;
  /** client_secret_basic, all scopes, refresh tokens. */
  readonly client: RelyingParty;
  /** Sends somebody (a new browser by default) through a whole sign-in, to tokens that are checked. */
  completes(parameters?: RequestParameters, by?: By): Promise<Completed>;
  /** The same as far as the page where the person must do something, or the client's address. */
  sends(parameters?: RequestParameters, by?: By): Promise<Person>;
  /** From wherever the person stands to the client's address. */
  goesOn(person: Person, citizen?: Citizen): Promise<void>;
  /** The error that came back with the person. */
  isRefused(person: Person, by?: By): Promise<Refusal>;
}

export interface Contacts {
  readonly email: string;
  readonly address: string;
}

export interface By {
  readonly client?: RelyingParty;
  /** Whose browser, with the session it has. */
  readonly person?: Person;
  /** Who signs in; otherwise the citizen of the suite. */
  readonly citizen?: Citizen;
  /** PKCE is off for the clients of the suite, as it demands; but for this request. */
  readonly pkce?: true;
}

export interface Completed {
  readonly person: Person;
  /** Of the authorization endpoint, as it came. */
  readonly answer: Readonly<Record<string, string>>;
  readonly tokens: Tokens;
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload & { readonly sub: string };
}

/** Name of a module of the suite, a colon, and what it shows here: a deviation of ours is said there. */
export type Modules = Readonly<Record<string, (suite: Suite) => Promise<void>>>;

const withoutPkce: RequestParameters = { code_challenge: null, code_challenge_method: null };

export async function openSuite(mode: ResponseMode): Promise<Suite> {
  const product = await sharedProduct();
  const citizen = await newCitizen(product, 'L2');
  const client = await relyingParty(product, 'suite');
  let contacts: Promise<Contacts> | undefined;
  const ours = mode === 'form_post' ? { response_mode: mode } : {};

  const sends: Suite['sends'] = (parameters = {}, { client: asking = client, person, pkce } = {}) =>
    asking.sendsToUs({ ...ours, ...(pkce ? {} : withoutPkce), ...parameters }, person);
  const goesOn: Suite['goesOn'] = async (person, who = citizen) => {
    if (person.page.has('#login-submit')) await signsIn(person, who);
    await allows(person);
    if (mode !== 'form_post') return;
    expectFormPost(person.page);
    await person.submits({}, { button: '#continue' });
  };
  return {
    product,
    mode,
    citizen,
    contacts: () => (contacts ??= addsContacts(newPerson(product), citizen)),
    client,
    sends,
    goesOn,
    async isRefused(person, by = {}) {
      if (mode === 'form_post') await goesOn(person);
      const refusal = await (by.client ?? client).isRefused(person);
      const { error_description: description } = refusal;
      expectAnswer(person, mode, ['error', ...(description === undefined ? [] : ['error_description']), 'iss', 'state']);
      expect(description ?? '').toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/);
      return refusal;
    },
    async completes(parameters, by = {}) {
      const { client: asking = client } = by;
      const person = await sends(parameters, by);
      await goesOn(person, by?.citizen);
      const answer = expectAnswer(person, mode, ['code', 'iss', ...(parameters?.['state'] === null ? [] : ['state'])]);
      const tokens = await asking.redeems(person);
      const metadata = (await asking.configuration()).serverMetadata();
      await expectTokenAnswer(asking.answers.findLast(({ url }) => url === metadata.token_endpoint));
      const claims = await asking.verifies(tokens.id_token ?? '');
      const header = decodeProtectedHeader(tokens.id_token ?? '');
      return {
        person,
        answer,
        tokens,
        header,
        claims: await expectIdToken({ metadata, clientId: asking.clientId, tokens, header, claims }),
      };
    },
  };
}

async function addsContacts(person: Person, citizen: Citizen): Promise<Contacts> {
  const [email, address] = [`${citizen.username}@example.cn`, '广州市越秀区府前路1号'];
  await startsChange(person, 'email', citizen);
  await provesMobile(person, citizen.mobile);
  await person.submits({ email, code: await sendsCode(person, email, { email }) });
  await person.goes('/account');
  await person.opens('#change-address');
  await person.submits({ address });
  return { email, address };
}

/** Runs the modules of a plan, one test each, named after it; docs/conformance.md must list exactly them. */
export function testPlan(plan: string, modules: Modules, mode: ResponseMode = 'query'): void {
  describe(`plan ${plan}`, () => {
    let suite: Suite;
    beforeAll(async () => {
      suite = await openSuite(mode);
    });

    it.each(Object.entries(modules))('%s', (_, module) => module(suite));

    it('docs/conformance.md lists exactly the modules that are tested', () => {
      const tested = Object.keys(modules).map((title) => title.split(':')[0]);
      expect(new Set(tested)).toEqual(new Set(listed(plan)));
    });
  });
}

/** First column of the table under the heading of a plan. */
function listed(plan: string): (string | undefined)[] {
  const [, section = ''] = readFileSync(join(root, 'docs/conformance.md'), 'utf8').split(`\n## ${plan}\n`);
  const [table = ''] = section.split('\n## ');
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
}
