import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccountStore } from '../../adapters/database/accounts.ts';
import { createConsentStore } from '../../adapters/database/consents.ts';
import { createEvidenceStore } from '../../adapters/database/evidence.ts';
import { createPersonStore } from '../../adapters/database/persons.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import type { Consent } from '../../src/domain/consent/consent.ts';
import type { Identifier } from '../../src/domain/person/account.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { newAccount, newEvidence, newPerson, proof, registration, happenedAt } from './registered.ts';

describe.each(databaseKinds)('people in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  afterAll(() => stores.close());

  const accounts = () => createAccountStore(stores);
  const persons = () => createPersonStore(stores);
  const evidence = () => createEvidenceStore(stores);
  const commit = (...writes: Write[]) => createUnitOfWork(stores).commit('test', writes);

  it('an account is found by id, username and mobile, with the data it was given', async () => {
    const account = newAccount({ email: 'zhang.wei@example.cn' });
    await commit(...registration(account));
    const header = { id: account.id, subjectId: account.subjectId, personId: undefined, status: 'active', mobileProven: true };
    expect(await accounts().header(account.id)).toEqual(header);
    expect(await accounts().byIdentifier('username', account.username ?? '')).toEqual(header);
    expect(await accounts().byIdentifier('mobile', account.mobile)).toEqual(header);
    expect(await accounts().password(account.id)).toEqual({ hash: '$argon2id$…', set: undefined, held: false });
    expect(await accounts().byId(account.id)).toEqual({
      ...header,
      username: account.username,
      mobile: account.mobile,
      email: 'zhang.wei@example.cn',
      ethnicity: undefined,
      socialHistory: undefined,
      number: expect.stringMatching(/^[1-9]\d{11}$/),
      updatedAt: happenedAt,
      frozen: false,
    });
  });

  it('a mobile counts as proven from the first code on, and another one from its change', async () => {
    const account = newAccount({ mobileProvenAt: undefined });
    await commit(...registration(account));
    const standing = async () => {
      const { mobileProven, updatedAt } = (await accounts().byId(account.id)) ?? {};
      return [mobileProven, updatedAt];
    };
    const [first, second, third] = [1, 2, 3].map((seconds) => new Date(happenedAt.getTime() + seconds * 1000));
    expect(await standing()).toEqual([false, happenedAt]);
    await commit({ write: 'mobile.proven', accountId: account.id, at: first ?? happenedAt });
    expect(await standing()).toEqual([true, first]);
    await commit({ write: 'mobile.proven', accountId: account.id, at: second ?? happenedAt });
    expect(await standing()).toEqual([true, first]);

    const other = newAccount({ mobileProvenAt: undefined });
    await commit(...registration(other));
    await commit({ write: 'account.update', accountId: other.id, set: { address: '府前路1号' }, at: second ?? happenedAt });
    expect((await accounts().header(other.id))?.mobileProven).toBe(false);
    await commit({ write: 'account.update', accountId: other.id, set: { mobile: newAccount().mobile }, at: third ?? happenedAt });
    expect((await accounts().header(other.id))?.mobileProven).toBe(true);
  });

  it('an account may have no username', async () => {
    const [first, second] = [newAccount({ username: undefined }), newAccount({ username: undefined })];
    await commit(...registration(first), ...registration(second));
    expect((await accounts().byId(second.id))?.username).toBeUndefined();
  });

  it('nobody is found who is not there', async () => {
    expect(await accounts().header(randomUUID())).toBeUndefined();
    expect(await accounts().byId(randomUUID())).toBeUndefined();
    expect(await accounts().byIdentifier('mobile', '13999999999')).toBeUndefined();
    expect(await accounts().byIdentifier('document', 'resident-id-card:none')).toBeUndefined();
    expect(await accounts().password(randomUUID())).toBeUndefined();
    expect(await persons().byId(randomUUID())).toBeUndefined();
    expect(await persons().byDocument('resident-id-card', 'none')).toBeUndefined();
    expect(await evidence().ofAccount(randomUUID())).toEqual([]);
  });

  it('of several things that a text may be, the first that somebody has decides, whatever else is asked for', async () => {
    const [first, second, third] = [newAccount(), newAccount(), newAccount()];
    const person = { ...newPerson(), subjectId: third.subjectId };
    await commit(...registration(first), ...registration(second), ...registration(third), ...proof(third, person));
    const username = { kind: 'username', value: first.username ?? '' } as const;
    const mobile = { kind: 'mobile', value: second.mobile } as const;
    const document = { kind: 'document', value: `${person.document.type}:${person.document.key}` } as const;
    const nobody = { kind: 'document', value: 'passport:none' } as const;
    const found = async (...candidates: readonly Identifier[]) => (await accounts().byFirst(candidates))?.id;
    expect(await found(username, mobile, document)).toBe(first.id);
    expect(await found(nobody, mobile, username)).toBe(second.id);
    expect(await found(nobody, document, mobile)).toBe(third.id);
    expect(await found({ ...username, kind: 'document' }, nobody, { ...mobile, kind: 'username' })).toBeUndefined();
    expect(await found()).toBeUndefined();
    expect(await accounts().byFirst([nobody, document])).toEqual({
      id: third.id,
      subjectId: third.subjectId,
      personId: person.id,
      status: 'active',
      mobileProven: true,
    });
  });

  it('a value of one kind is not found as another', async () => {
    const account = newAccount({ username: 'a13812345678' });
    await commit(...registration(account));
    expect(await accounts().byIdentifier('mobile', 'a13812345678')).toBeUndefined();
    expect(await accounts().byIdentifier('username', account.mobile)).toBeUndefined();
  });

  it('a verified person is found by document, and so is the account', async () => {
    const [account, person] = [newAccount(), newPerson()];
    const verified = { ...person, subjectId: account.subjectId };
    await commit(...registration(account), ...proof(account, verified));
    const { type, key } = person.document;
    expect(await persons().byDocument(type, key)).toEqual({ person: verified, accountId: account.id, waits: false });
    expect(await persons().byId(person.id)).toEqual(verified);
    expect(await accounts().byIdentifier('document', `${type}:${key}`)).toMatchObject({
      id: account.id,
      personId: person.id,
      subjectId: account.subjectId,
    });
    expect(await persons().byDocument('foreign-passport', key)).toBeUndefined();
  });

  it('a person without an account is found without one', async () => {
    const person = newPerson({ birthDate: undefined, sex: 'unknown' });
    await commit(
      { write: 'subject.insert', id: person.subjectId, createdAt: happenedAt },
      { write: 'person.insert', person, at: happenedAt },
    );
    const found = await persons().byDocument(person.document.type, person.document.key);
    expect(found).toEqual({ person, accountId: undefined, waits: false });
  });

  it('new dates of a document replace the old ones', async () => {
    const person = newPerson();
    await commit(
      { write: 'subject.insert', id: person.subjectId, createdAt: happenedAt },
      { write: 'person.insert', person, at: happenedAt },
    );
    const document = { ...person.document, validFrom: undefined, validUntil: '2046-05-06' } as const;
    await commit({ write: 'person.update', person: { ...person, document }, at: happenedAt });
    expect((await persons().byId(person.id))?.document).toEqual(document);
    await expect(commit({ write: 'person.update', person: newPerson(), at: happenedAt })).rejects.toMatchObject({
      write: 'person.update',
      rule: 'person',
    });
  });

  it('evidence of a kind is replaced by newer evidence of it, and expired evidence is on file', async () => {
    const [account, person] = [newAccount(), newPerson()];
    await commit(...registration(account), ...proof(account, { ...person, subjectId: account.subjectId }));
    const bankCard = newEvidence(person.id, { kind: 'bank-card', expiresAt: new Date(happenedAt.getTime() - 1), reference: 'B-1' });
    const realName = newEvidence(person.id, { reference: 'T-2', verifiedAt: new Date(happenedAt.getTime() + 5) });
    await commit({ write: 'evidence.insert', evidence: bankCard }, { write: 'evidence.insert', evidence: realName });
    expect(await evidence().ofAccount(account.id)).toEqual([bankCard, realName]);
    expect(await evidence().ofPerson(person.id)).toEqual([bankCard, realName]);
    const history = stores.db.selectFrom('evidence').select('superseded_at').where('reference', '=', 'T-1');
    expect((await history.where('person_id', '=', person.id).execute())[0]?.superseded_at).toEqual(realName.verifiedAt);
  });

  it('a consent is replaced for the same account, client and principal only', async () => {
    const account = newAccount();
    await commit(...registration(account));
    const consent: Consent = {
      accountId: account.id,
      clientId: 'housing-fund',
      principal: 'person',
      scopes: ['openid', 'profile'],
      claims: ['real_name'],
      textVersion: '1',
      givenAt: happenedAt,
    };
    const later = { ...consent, scopes: ['openid'], givenAt: new Date(happenedAt.getTime() + 1000) };
    const forAnother = { ...consent, principal: randomUUID() };
    await commit({ write: 'consent.put', consent });
    await commit({ write: 'consent.put', consent: later }, { write: 'consent.put', consent: forAnother });
    const store = createConsentStore(stores);
    expect(await store.find(account.id, 'housing-fund', 'person')).toEqual(later);
    expect(await store.find(account.id, 'housing-fund', forAnother.principal)).toEqual(forAnother);
    expect(await store.find(account.id, 'social-insurance', 'person')).toBeUndefined();
  });
});
