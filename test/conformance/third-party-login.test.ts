import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { newPerson } from '../support/browser.ts';
import { signsIn } from '../support/citizen.ts';
import { runMain } from '../support/product.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { initiates, relyingParty } from '../support/relying-party.ts';
import { testPlan } from './suite.ts';

/** Core 4. Clients are a file here, so what the suite registers is configured. */
testPlan('oidcc-3rdparty-init-login-certification-test-plan', {
  'oidcc-3rd_party-init-login: initiate_login_uri is kept, and is where a sign-in that is over begins anew': async (suite) => {
    const person = await suite.sends();
    await sandboxOf(suite.product).waits(3601);
    const page = await person.goes(person.page.url);
    expect(page).toMatchObject({ status: 410, error: { code: 'interaction.expired' } });
    expect(page.$('#back').attr('href')).toBe(initiates(suite.product, 'https://suite.example/login'));

    // A service that looks who sends people begins the sign-in that was over anew.
    const wanderer = await (await relyingParty(suite.product, 'social-insurance')).sendsToUs({}, newPerson(suite.product));
    await sandboxOf(suite.product).waits(3601);
    await wanderer.goes(wanderer.page.url);
    expect(new URL(wanderer.page.$('#back').attr('href') ?? '').searchParams.getAll('iss')).toEqual([suite.product.issuer]);
    await wanderer.opens('#back');
    expect(wanderer.page.has('#login-submit')).toBe(true);

    // And whoever sends somebody there, it ends in a sign-in at the service that knows nothing of it.
    const visitor = newPerson(suite.product);
    const { issuer } = suite.product;
    await visitor.arrives(
      `/sandbox/rp/social-insurance/login?${new URLSearchParams({ iss: issuer, login_hint: suite.citizen.username }).toString()}`,
    );
    expect(visitor.page.$('#login-identifier').attr('value')).toBe(suite.citizen.username);
    await signsIn(visitor, suite.citizen);
    expect(visitor.page).toMatchObject({ status: 200, error: undefined });
    expect(visitor.page.url.pathname).toMatch(/^\/sandbox\/rp\/social-insurance\//);
  },

  'oidcc-3rd_party-init-login-nohttps: a production installation does not start with an address that is not https': async () => {
    const addresses = ['http://tax.example.gov.cn/login', 'http://127.0.0.1/login', 'https://tax.example.gov.cn/login'];
    const problems = await problemsOf(addresses.map((address, index) => ({ client_id: `tax-${index}`, initiate_login_uri: address })));
    expect(problems).toMatch(/\(tax-0\)\.initiate_login_uri is .*\n\s+expected: https/);
    expect(problems).toMatch(/\(tax-1\)\.initiate_login_uri is .*\n\s+expected: https/);
    expect(problems).not.toContain('tax-2');
  },
});

/** What a production start says about clients; it never gets further, because nothing else is configured. */
async function problemsOf(clients: readonly object[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'minxin-clients-'));
  const file = join(folder, 'clients.json');
  const right = { redirect_uris: ['https://tax.example.gov.cn/callback'], token_endpoint_auth_method: 'none' };
  writeFileSync(file, JSON.stringify(clients.map((client) => ({ ...right, ...client }))));
  try {
    const { code, output } = await runMain([], {
      NODE_ENV: 'production',
      ISSUER: 'https://id.example.gov.cn',
      CLIENTS: file,
      DATA_DIR: folder,
    });
    expect(code).toBe(1);
    return output;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
