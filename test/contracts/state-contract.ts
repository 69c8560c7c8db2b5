import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { NewStateRow, StateStore } from '../../src/domain/protocol-state.ts';
import { at, now } from './short-lived-backends.ts';

/** A row that ends in a minute, with what the test says about it. */
export function stateRow(about: Partial<NewStateRow> = {}): NewStateRow {
  return {
    payload: Buffer.from([0, 10, 255, 10, 91]),
    expiresAt: at(60),
    uid: undefined,
    userCode: undefined,
    grantId: undefined,
    accountId: undefined,
    clientId: undefined,
    ...about,
  };
}

/**
 * What every store of provider state keeps to, whatever it is made of.
 *
 * @param store - called within the tests, so that it may be opened in a `beforeAll`
 * @param model - the model under test; ids are random, so suites may share one store
 * @param consumable - false for models that are never consumed (sessions and grants behind a cache)
 */
export function stateStoreContract(store: () => StateStore, model: string, consumable = true): void {
  it('gives back a row as it was put', async () => {
    const id = randomUUID();
    const row = stateRow({
      uid: randomUUID(),
      userCode: randomUUID(),
      grantId: randomUUID(),
      accountId: randomUUID(),
      clientId: '服务',
    });
    await store().put(model, id, row);
    expect(await store().find(model, id, now)).toEqual({ ...row, consumedAt: undefined });
  });

  it('knows nothing of an id that was never put, or was put for another model', async () => {
    const id = randomUUID();
    await store().put(`Other${model}`, id, stateRow());
    expect(await store().find(model, id, now)).toBeUndefined();
    expect(await store().findByUid(model, id, now)).toBeUndefined();
    expect(await store().findByUserCode(model, id, now)).toBeUndefined();
  });

  it('answers a row until the moment it expires, and not at that moment', async () => {
    const [id, uid, userCode] = [randomUUID(), randomUUID(), randomUUID()];
    await store().put(model, id, stateRow({ uid, userCode }));
    const lastMoment = new Date(at(60).getTime() - 1);
    expect(await store().find(model, id, lastMoment)).toBeDefined();
    expect(await store().findByUid(model, uid, lastMoment)).toBeDefined();
    expect(await store().findByUserCode(model, userCode, lastMoment)).toBeDefined();
    expect(await store().find(model, id, at(60))).toBeUndefined();
    expect(await store().findByUid(model, uid, at(60))).toBeUndefined();
    expect(await store().findByUserCode(model, userCode, at(60))).toBeUndefined();
  });

  it('replaces a row and its expiry when it is put again', async () => {
    const id = randomUUID();
    await store().put(model, id, stateRow());
    expect(await store().put(model, id, stateRow({ payload: Buffer.from('later'), expiresAt: at(600) }))).toBe(true);
    const row = await store().find(model, id, at(599));
    expect(row?.payload.toString()).toBe('later');
  });

  it('finds a row by the uid and user code it has now, not by those it had', async () => {
    const id = randomUUID();
    const [uid, userCode, newUid, newUserCode] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await store().put(model, id, stateRow({ uid, userCode }));
    await store().put(model, id, stateRow({ uid: newUid, userCode: newUserCode }));
    expect(await store().findByUid(model, uid, now)).toBeUndefined();
    expect(await store().findByUserCode(model, userCode, now)).toBeUndefined();
    expect(await store().findByUid(model, newUid, now)).toMatchObject({ uid: newUid });
    expect(await store().findByUserCode(model, newUserCode, now)).toMatchObject({ userCode: newUserCode });
  });

  it('follows a uid to the row that has it after the id was renewed', async () => {
    const [uid, before, after] = [randomUUID(), randomUUID(), randomUUID()];
    await store().put(model, before, stateRow({ uid }));
    await store().destroy(model, before);
    await store().put(model, after, stateRow({ uid, clientId: 'after' }));
    expect(await store().findByUid(model, uid, now)).toMatchObject({ clientId: 'after' });
  });

  it('forgets a destroyed row, by whatever it was found', async () => {
    const [id, uid, userCode] = [randomUUID(), randomUUID(), randomUUID()];
    await store().put(model, id, stateRow({ uid, userCode }));
    await store().destroy(model, id);
    await store().destroy(model, id);
    expect(await store().find(model, id, now)).toBeUndefined();
    expect(await store().findByUid(model, uid, now)).toBeUndefined();
    expect(await store().findByUserCode(model, userCode, now)).toBeUndefined();
  });

  it('inserts only where no living row is', async () => {
    const id = randomUUID();
    expect(await store().insert(model, id, stateRow(), now)).toBe(true);
    expect(await store().insert(model, id, stateRow({ clientId: 'second' }), at(59))).toBe(false);
    expect(await store().find(model, id, now)).toMatchObject({ clientId: undefined });
    expect(await store().insert(model, id, stateRow({ clientId: 'second', expiresAt: at(90) }), at(60))).toBe(true);
    expect(await store().find(model, id, at(60))).toMatchObject({ clientId: 'second', consumedAt: undefined });
  });

  it('revokes everything issued under a grant, of every model, and nothing else', async () => {
    const [grantId, other] = [randomUUID(), randomUUID()];
    const ids = Array.from({ length: 250 }, () => randomUUID());
    await Promise.all(ids.map((id) => store().put(model, id, stateRow({ grantId }))));
    await store().put(`Other${model}`, ids[0] ?? '', stateRow({ grantId }));
    await store().put(model, other, stateRow({ grantId: randomUUID() }));
    await store().revokeByGrantId(grantId);
    const left = await Promise.all(ids.map((id) => store().find(model, id, now)));
    expect(left.filter((row) => row !== undefined)).toEqual([]);
    expect(await store().find(`Other${model}`, ids[0] ?? '', now)).toBeUndefined();
    expect(await store().find(model, other, now)).toBeDefined();
    await store().revokeByGrantId(grantId);
  });

  it('still reaches a long-lived row of a grant after a short-lived one was put', async () => {
    const [grantId, long, short] = [randomUUID(), randomUUID(), randomUUID()];
    await store().put(model, long, stateRow({ grantId, expiresAt: at(86_400) }));
    await store().put(model, short, stateRow({ grantId, expiresAt: at(1) }));
    await store().revokeByGrantId(grantId);
    expect(await store().find(model, long, now)).toBeUndefined();
  });

  if (consumable) consumptionContract(store, model);
}

function consumptionContract(store: () => StateStore, model: string): void {
  it('is consumed once, and says when', async () => {
    const id = randomUUID();
    await store().put(model, id, stateRow({ uid: id }));
    expect(await store().consume(model, id, at(1))).toBe(true);
    expect(await store().consume(model, id, at(2))).toBe(false);
    expect(await store().find(model, id, at(2))).toMatchObject({ consumedAt: at(1) });
    expect(await store().findByUid(model, id, at(2))).toMatchObject({ consumedAt: at(1) });
  });

  it('is consumed by one of eight who ask at once', async () => {
    const id = randomUUID();
    await store().put(model, id, stateRow());
    const results = await Promise.all(Array.from({ length: 8 }, () => store().consume(model, id, now)));
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('stays consumed when it is put again, for longer than before', async () => {
    const id = randomUUID();
    await store().put(model, id, stateRow());
    await store().consume(model, id, now);
    await store().put(model, id, stateRow({ clientId: 'again', expiresAt: at(600) }));
    expect(await store().find(model, id, at(599))).toMatchObject({ clientId: 'again', consumedAt: now });
    expect(await store().consume(model, id, at(599))).toBe(false);
  });

  it('cannot be consumed when it is expired, destroyed or was never there', async () => {
    const [expired, destroyed] = [randomUUID(), randomUUID()];
    await store().put(model, expired, stateRow());
    await store().put(model, destroyed, stateRow());
    await store().destroy(model, destroyed);
    expect(await store().consume(model, expired, at(60))).toBe(false);
    expect(await store().consume(model, destroyed, now)).toBe(false);
    expect(await store().consume(model, randomUUID(), now)).toBe(false);
  });

  it('is fresh again when its id is inserted anew after it expired', async () => {
    const id = randomUUID();
    await store().insert(model, id, stateRow(), now);
    await store().consume(model, id, now);
    await store().insert(model, id, stateRow({ expiresAt: at(120) }), at(60));
    expect(await store().consume(model, id, at(61))).toBe(true);
  });
}
