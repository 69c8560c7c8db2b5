import { performance } from 'node:perf_hooks';
import { generatedPeopleCount, generatedPerson } from '../sandbox/generated-people.ts';
import { newPerson, type Person } from '../test/support/browser.ts';
import { newCitizen, type Citizen } from '../test/support/citizen.ts';
import { fillForm } from '../test/support/page.ts';
import type { Product } from '../test/support/product.ts';

/**
 * Whoever asks about somebody must not learn by the time of an answer whether that one is known here. One row for each
 * form that could tell: known and unknown people in turns, in one run, as a ratio of times.
 */
export interface Likeness {
  readonly form: string;
  /** Time of an answer about unknown people against that about known ones: the middle of the faster half each. */
  readonly ratio: number;
  readonly milliseconds: number;
}

interface Form {
  readonly name: string;
  /** Brings somebody in front of the button. */
  readonly opens: (person: Person, about: Known) => Promise<unknown>;
  readonly fields: (about: Known) => Readonly<Record<string, string>>;
  readonly button: string;
}

interface Known {
  readonly identifier: string;
  readonly mobile: string;
  readonly documentNumber: string;
}

const forms: readonly Form[] = [
  {
    name: 'a wrong password',
    opens: (person) => person.goes('/login'),
    fields: ({ identifier }) => ({ identifier, password: 'wrong' }),
    button: '#login-submit',
  },
  {
    name: 'a code to sign in with',
    opens: async (person) => {
      await person.goes('/login');
      await person.opens('#tab-sms-code');
    },
    fields: ({ mobile }) => ({ mobile }),
    button: '#send-code',
  },
  {
    name: 'the search of a recovery',
    opens: (person) => person.goes('/recover'),
    fields: ({ documentNumber }) => ({ identifier: documentNumber }),
    button: '#next',
  },
  {
    name: 'a wrong proof of a recovery',
    opens: async (person, { documentNumber }) => {
      await person.goes('/recover');
      await person.submits({ identifier: documentNumber });
      await person.opens('#next');
    },
    fields: () => ({ code: '000000', documentNumber: someDocument() }),
    button: '#next',
  },
];

const rounds = 40;

/** @param product - without limits per address; each person is asked about once, so that no other limit is met */
export async function measureLikeness(product: Product): Promise<readonly Likeness[]> {
  const results: Likeness[] = [];
  for (const form of forms) {
    const took: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    for (let round = 0; round < rounds; round += 1) {
      took.known.push(await timeOf(product, form, knownOf(await newCitizen(product, 'L2'))));
      took.unknown.push(await timeOf(product, form, somebody()));
    }
    const [known, unknown] = [middle(took.known), middle(took.unknown)];
    results.push({ form: form.name, ratio: unknown / known, milliseconds: known });
  }
  return results;
}

async function timeOf(product: Product, { opens, fields, button }: Form, about: Known): Promise<number> {
  const person = newPerson(product);
  await opens(person, about);
  const captcha = person.page.$('[data-captcha-id]').attr('data-captcha-id');
  const solved = captcha === undefined ? {} : { captcha: await person.sandbox.captchaAnswer(captcha) };
  const { action, fields: filled } = fillForm(person.page, { ...solved, ...fields(about) }, button);
  const begun = performance.now();
  await person.posts(action, Object.fromEntries(filled));
  return performance.now() - begun;
}

const knownOf = ({ username, mobile, identity }: Citizen): Known => ({
  identifier: username,
  mobile,
  documentNumber: identity.document.number,
});

let strangers = 0;
function somebody(): Known {
  strangers += 1;
  return {
    identifier: `nobody${strangers}`,
    mobile: `159${String(strangers).padStart(8, '0')}`,
    documentNumber: someDocument(),
  };
}

/** Of somebody who has no account. */
function someDocument(): string {
  return generatedPerson(Math.floor(Math.random() * generatedPeopleCount)).document.number;
}

function middle(times: readonly number[]): number {
  const faster = times.toSorted((a, b) => a - b).slice(0, Math.ceil(times.length / 2));
  return faster[Math.floor(faster.length / 2)] ?? Number.NaN;
}
