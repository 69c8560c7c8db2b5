import { afterAll, expect } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { listen, type Call, type Listener } from '../support/listener.ts';
import { testPlan, type Completed, type Suite } from './suite.ts';
import { metadataOf } from './wire.ts';

const goodbye = 'https://suite.example/post_logout_redirect';

let listener: Listener | undefined;
afterAll(() => listener?.close());

testPlan('oidcc-backchannel-rp-initiated-logout-certification-test-plan', {
  'oidcc-backchannel-logout-discovery-endpoint-verification': async ({ client }) => {
    expect(await metadataOf(client)).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      end_session_endpoint: expect.any(String),
    });
  },

  'oidcc-backchannel-rp-initiated-logout: [PRT-05] the client is told who left which session, once, while the person goes back to it':
    async (suite) => {
      listener = await listen(suite.product);
      const completed = await suite.completes();
      const { person } = completed;
      await suite.client.signsOut(person, {
        id_token_hint: completed.tokens.id_token ?? '',
        post_logout_redirect_uri: goodbye,
        state: 'back',
      });
      await person.submits({}, { button: '#logout-yes' });
      expect(person.page.url.href).toBe(`${goodbye}?state=back`);
      await expectLogoutToken(suite, completed, await listener.takes('suite', completed.claims.sub));
      expect(await listener.left('suite', completed.claims.sub)).toBe(0);

      await suite.sends({ prompt: 'none' }, { person });
      expect((await suite.isRefused(person)).error).toBe('login_required');
    },
});

/** Back-Channel Logout 2.4 and 2.5. */
async function expectLogoutToken({ client, product }: Suite, { claims }: Completed, { headers, form }: Call): Promise<void> {
  expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
  expect(Object.keys(form)).toEqual(['logout_token']);
  const { jwks_uri: keys = '' } = await metadataOf(client);
  const verified = await jwtVerify(form['logout_token'] ?? '', createRemoteJWKSet(new URL(keys)), {
    issuer: product.issuer,
    audience: client.clientId,
    algorithms: ['ES256'],
    typ: 'logout+jwt',
    currentDate: new Date(Number(claims.iat) * 1000),
  });
  const { iat = 0, exp = 0, ...told } = verified.payload;
  expect(told).toEqual({
    iss: product.issuer,
    aud: client.clientId,
    sub: claims.sub,
    sid: claims['sid'],
    jti: expect.stringMatching(/^.{22,}$/),
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  });
  expect(exp - iat).toBeGreaterThan(0);
  expect(exp - iat).toBeLessThanOrEqual(120);
}
