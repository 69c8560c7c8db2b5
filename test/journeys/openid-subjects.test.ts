import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as openid from 'openid-client';
import { newPerson } from '../support/browser.ts';
import { allows, newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';

let product: OwnProduct;
const entry = (client_id: string, members: object = {}) => ({
  client_id,
  client_secret: `${client_id}-keeps-this-for-tests-only-0123456789`,
  redirect_uris: [`https://${client_id}.example/callback`],
  ...members,
});
const granted = { subject_type: 'public', entitlements: ['public_subject'] };
beforeAll(async () => {
  product = await startProduct({
    clients: [
      entry('statistics', granted),
      entry('archive', granted),
      entry('entitled-only', { entitlements: ['public_subject'] }),
      entry('named-public', { sector: 'public' }),
    ],
  });
});
afterAll(() => product?.remove());

/** Every name under which a service learns of a person. */
async function namesAt(clientId: string, citizen: Citizen): Promise<Set<unknown>> {
  const service = await relyingParty(product, clientId);
  const person = await service.sendsToUs({}, newPerson(product));
  await signsIn(person, citizen);
  await allows(person);
  const { tokens, claims, userinfo } = await service.receives(person);
  const introspected = await openid.tokenIntrospection(await service.configuration(), tokens.access_token);
  return new Set([claims.sub, userinfo.sub, introspected.sub]);
}

describe('the subject that a service sees', () => {
  it('[PRT-06] is public by an explicit grant alone: the same for those who have it, and nobody else’s', async () => {
    const citizen = await newCitizen(product);
    const [statistics, archive, entitled, named, ordinary] = [
      await namesAt('statistics', citizen),
      await namesAt('archive', citizen),
      await namesAt('entitled-only', citizen),
      await namesAt('named-public', citizen),
      await namesAt('basic', citizen),
    ];
    for (const names of [statistics, archive, entitled, named, ordinary]) expect(names.size).toBe(1);
    expect(archive).toEqual(statistics);
    expect(new Set([...statistics, ...entitled, ...named, ...ordinary]).size).toBe(4);
  });

  it('[PRT-06] is another one for another person, and tells nothing about either', async () => {
    const [first, second] = [await newCitizen(product), await newCitizen(product)];
    const names = [...(await namesAt('statistics', first)), ...(await namesAt('statistics', second))];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[\w-]{43}$/);
  });

  it('[PRT-06] discovery says public where somebody was granted it', async () => {
    const metadata = (await (await relyingParty(product, 'statistics')).configuration()).serverMetadata();
    expect(metadata.subject_types_supported).toEqual(['pairwise', 'public']);
  });

  it.each<[string, object, RegExp]>([
    ['without the grant', { subject_type: 'public' }, /\(wish\)\.subject_type is public\n\s+expected: public_subject under "entitlements"/],
    ['with another grant', { subject_type: 'public', entitlements: ['identity_document'] }, /\(wish\)\.subject_type is public/],
  ])('[PRT-06] a service that wants it %s keeps the product from starting', async (_, members, problem) => {
    await expect(startProduct({ clients: [entry('wish', members)] })).rejects.toThrow(problem);
  });
});
