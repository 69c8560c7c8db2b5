import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { at, now, shortLivedBackends } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

const sealed = Buffer.from([32, 0, 10, 255, 32]);

describe.each(backends)('drafts in $name', ({ drafts }) => {
  it('is not there before the first step is done', async () => {
    expect(await drafts.get(randomUUID(), now)).toBeUndefined();
  });

  it('counts one revision per write and keeps the bytes as they are', async () => {
    const id = randomUUID();
    expect(await drafts.put(id, 0, Buffer.alloc(0), at(60), now)).toBe(true);
    expect(await drafts.get(id, now)).toEqual({ revision: 1, sealed: Buffer.alloc(0) });
    expect(await drafts.put(id, 1, sealed, at(60), now)).toBe(true);
    expect(await drafts.get(id, now)).toEqual({ revision: 2, sealed });
  });

  it('refuses a form made from another revision, and changes nothing', async () => {
    const id = randomUUID();
    await drafts.put(id, 0, sealed, at(60), now);
    for (const expected of [0, 2, 11]) expect(await drafts.put(id, expected, Buffer.from('x'), at(90), now)).toBe(false);
    expect(await drafts.get(id, now)).toEqual({ revision: 1, sealed });
    expect(await drafts.put(randomUUID(), 1, sealed, at(60), now)).toBe(false);
  });

  it('lets one of eight double submits win', async () => {
    const id = randomUUID();
    await drafts.put(id, 0, sealed, at(60), now);
    const results = await Promise.all(Array.from({ length: 8 }, (_, index) => drafts.put(id, 1, Buffer.from([index]), at(60), now)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await drafts.get(id, now)).toEqual({ revision: 2, sealed: Buffer.from([results.indexOf(true)]) });
  });

  it('lasts until the moment it expires; then a new one begins at revision one', async () => {
    const id = randomUUID();
    await drafts.put(id, 0, sealed, at(60), now);
    await drafts.put(id, 1, sealed, at(120), now);
    expect(await drafts.get(id, new Date(at(120).getTime() - 1))).toMatchObject({ revision: 2 });
    expect(await drafts.get(id, at(120))).toBeUndefined();
    expect(await drafts.put(id, 2, sealed, at(180), at(120))).toBe(false);
    expect(await drafts.put(id, 0, sealed, at(180), at(120))).toBe(true);
    expect(await drafts.get(id, at(120))).toMatchObject({ revision: 1 });
  });

  it('is gone when it is destroyed', async () => {
    const id = randomUUID();
    await drafts.put(id, 0, sealed, at(60), now);
    await drafts.destroy(id);
    await drafts.destroy(id);
    expect(await drafts.get(id, now)).toBeUndefined();
    expect(await drafts.put(id, 1, sealed, at(60), now)).toBe(false);
  });
});
