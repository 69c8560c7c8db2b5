import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Person } from '../support/browser.ts';
import { newCitizen, type Citizen } from '../support/citizen.ts';
import { importedPerson } from '../support/imported.ts';
import { citizen as anyCitizen } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { atRecovery } from '../support/recovery.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** A page without what is different every time, and without masks and what listeners hear of them. */
function plain({ html, url }: Page): string {
  return html
    .replaceAll(url.pathname.split('/')[2] ?? '', 'UID')
    .replaceAll(/nonce="[^"]+"/g, 'NONCE')
    .replaceAll(/name="_form" value="[^"]+"/g, 'TOKEN')
    .replaceAll(/name="(identifier|name|documentNumber)" ([^>]*)value="[^"]*"/g, 'TYPED')
    .replaceAll(/(name="captchaId" value|data-captcha-id|data-seed|src)="[^"]*[\w-]{22}[^"]*"/g, 'CAPTCHA')
    .replaceAll(/请求编号：[\w-]{12}/g, 'REQUEST')
    .replaceAll(/<span aria-hidden="true">[^<]*\*[^<]*<\/span><span class="unseen">[^<]*<\/span>/g, 'MASKED')
    .replaceAll(/\d+ 秒/g, 'SECONDS')
    .replaceAll(/data-cooldown="\d+"/g, 'SECONDS');
}

const masks = ({ $ }: Page): string[] =>
  $(':is(.lead, .facts) .masked > [aria-hidden]')
    .toArray()
    .map((each) => $(each).text());

/** Everything one is shown on the way to the wall. */
async function walk(
  person: Person,
  identifier: Readonly<Record<string, string>>,
  proof: Readonly<Record<string, string>>,
): Promise<{ pages: unknown[]; masks: string[] }> {
  const seen = ({ page }: Person) => ({
    status: page.status,
    headers: Object.keys(page.headers).toSorted(),
    error: page.error?.code,
    page: plain(page),
  });
  await person.submits(identifier);
  const found = masks(person.page);
  const pages = [seen(person)];
  if (person.page.url.pathname.endsWith('/verify')) return { pages, masks: found };
  await person.opens('#next');
  pages.push(seen(person));
  await person.asksForCode();
  pages.push(seen(person));
  const asked = Object.entries(proof).filter(([name]) => person.page.has(`[name=${name}]`));
  await person.submits(Object.fromEntries(asked));
  pages.push(seen(person));
  return { pages, masks: found };
}

describe('who is known is not told by the recovery', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  /** An unknown identifier like the known one, whose decoy has the wanted shape. */
  async function unlike(known: string, documents: number): Promise<string> {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const identifier = known
        .replace(/^c./, `q${attempt.toString(36).slice(-1)}`)
        .replace(/^1\d{4}/, `159${String(attempt).padStart(2, '0')}`);
      const person = await atRecovery(product);
      await person.submits({ identifier });
      if (masks(person.page).length === 2 + documents) return identifier;
    }
    throw new Error('no decoy has that shape');
  }

  const wrong = () => ({ code: '000000', documentNumber: anyCitizen().document.number });

  it.each([
    ['username', 'L2', ({ username }: Citizen) => username],
    ['username', 'L1', ({ username }: Citizen) => username],
    ['mobile', 'L2', ({ mobile }: Citizen) => mobile],
    ['mobile', 'L1', ({ mobile }: Citizen) => mobile],
    ['document number', 'L2', ({ identity }: Citizen) => identity.document.number],
  ] as const)('[DIS-21] an unknown %s walks the same pages as a known one (%s) to the same wall', async (kind, level, identifierOf) => {
    const who = await newCitizen(product, level);
    const known = identifierOf(who);
    const unknown = kind === 'document number' ? anyCitizen().document.number : await unlike(known, level === 'L2' ? 1 : 0);
    const [one, other] = [
      await walk(await atRecovery(product), { identifier: known }, wrong()),
      await walk(await atRecovery(product), { identifier: unknown }, wrong()),
    ];
    expect(one.pages).toHaveLength(4);
    expect(one.pages[3]).toMatchObject({ status: 422, error: level === 'L2' ? 'recovery.wrong' : 'otp.wrong' });
    expect(other.pages).toEqual(one.pages);
  });

  it('[DIS-21] a decoy looks like somebody, is the same at every visit and in every spelling, and another for everybody', async () => {
    const seen = async (identifier: string) => {
      const person = await atRecovery(product);
      await person.submits({ identifier });
      return masks(person.page);
    };
    const once = await seen('nobody_at_all');
    expect(await seen(' Nobody_At_All')).toEqual(
      [`N${once[0]?.slice(1)}`, ...once.slice(1)].map((text, index) =>
        index === 0 ? '您正在为【N****l】找回密码，请选择验证方式。' : text,
      ),
    );
    const others = await Promise.all(['nobody_else', 'somebody_new', 'anybody_there', 'everybody_gone'].map(seen));
    for (const [, mobile, document = '1101**********11'] of [once, ...others]) {
      expect(mobile).toMatch(/^1[3-9]\d\*{4}\d{4}$/);
      expect(document).toMatch(/^[1-6]\d{3}\*{10}\d[\dX]$/);
    }
    expect(new Set([once, ...others].map(([, mobile]) => mobile)).size).toBe(5);
  });

  it('[DIS-21] sends nothing to anybody for an unknown identifier, and takes no code for it', async () => {
    const imported = await importedPerson(product);
    for (const identifier of [imported.document.number, imported.mobile]) {
      const person = await atRecovery(product);
      await walk(person, { identifier }, wrong());
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await person.submits(
          person.page.has('#documentNumber') ? { code: '123456', documentNumber: imported.document.number } : { code: '123456' },
        );
        expect(['recovery.wrong', 'otp.wrong']).toContain(person.page.error?.code);
      }
    }
    expect(await (await atRecovery(product)).sandbox.messagesTo(imported.mobile)).toEqual([]);
  });

  it('[DIS-21] limits guesses about unknown accounts as those about known ones', async () => {
    const answers = [];
    for (const identifier of [(await newCitizen(product, 'L2')).username, await unlike('c0-nobody', 1)]) {
      const person = await atRecovery(product);
      await person.submits({ identifier });
      await person.opens('#next');
      const codes = [];
      for (let attempt = 0; attempt < 6; attempt += 1) {
        await person.submits(wrong());
        codes.push([person.page.status, person.page.error?.code]);
      }
      answers.push(codes);
    }
    expect(answers[0]?.at(-1)).toEqual([429, 'credentials.throttled']);
    expect(answers[1]).toEqual(answers[0]);
  });
});

it('[DIS-21] in hubei a wrong name, an unknown number and a waiting person look like an account', async () => {
  const product = await sharedProduct('hubei');
  const { identity } = await newCitizen(product, 'L2');
  const imported = await importedPerson(product);
  const stranger = anyCitizen();
  const walks = [];
  for (const { name, document } of [identity, { ...identity, name: '某某人' }, stranger, imported]) {
    const person = await atRecovery(product);
    const proof = { code: '000000', newPassword: 'Jiangshan-8052', confirmPassword: 'Jiangshan-8052' };
    walks.push((await walk(person, { name, documentNumber: document.number }, proof)).pages);
  }
  expect(walks[0]?.[3]).toMatchObject({ status: 422, error: 'otp.wrong' });
  for (const other of walks.slice(1)) expect(other).toEqual(walks[0]);
});
